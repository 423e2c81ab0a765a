#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {
namespace {

constexpr std::string_view kFemale[] = {"Ada",   "Beatriz", "Carmen", "Dorothy", "Elif",  "Fatima", "Grace",  "Hanna",
                                        "Imani", "Joan",    "Keiko",  "Lucía",   "Maria", "Nadia",  "Olive",  "Priya",
                                        "Rosa",  "Siobhán", "Teresa", "Ursula",  "Vera",  "Wanda",  "Yvonne", "Zoë"};
constexpr std::string_view kMale[] = {"Aaron", "Bruno",  "Carlos", "Dmitri", "Elias", "Felix",  "George", "Hiroshi",
                                      "Ivan",  "José",   "Kwame",  "Luis",   "Marco", "Niels",  "Omar",   "Pedro",
                                      "Quinn", "Rafael", "Samuel", "Tomás",  "Umar",  "Viktor", "Walter", "Yusuf"};
constexpr std::string_view kFamily[] = {"Abbott",  "Baptiste", "Castillo",  "Dahl",   "Eriksen",   "Fournier", "García",
                                        "Haddad",  "Ivanova",  "Jensen",    "Khan",   "Lindqvist", "Müller",   "Nguyen",
                                        "O'Brien", "Okafor",   "Park",      "Quiroz", "Rossi",     "Sato",     "Tanaka",
                                        "Ueda",    "Vargas",   "Whitfield", "Yılmaz", "Zając"};
constexpr std::string_view kStreets[] = {"Alder Street", "Bridge Road",   "Cedar Avenue", "Dock Lane",
                                         "Elm Street",   "Harbour Road",  "Mill Lane",    "Orchard Way",
                                         "Quarry Road",  "Station Street"};
constexpr Place kPlaces[] = {{"Springfield", "MA", "01103"},
                             {"Worcester", "MA", "01608"},
                             {"Lowell", "MA", "01852"},
                             {"Quincy", "MA", "02169"},
                             {"Pittsfield", "MA", "01201"}};

}  // namespace

std::span<const std::string_view> FemaleNames() {
  return kFemale;
}
std::span<const std::string_view> MaleNames() {
  return kMale;
}
std::span<const std::string_view> FamilyNames() {
  return kFamily;
}
std::span<const std::string_view> StreetNames() {
  return kStreets;
}
std::span<const Place> Places() {
  return kPlaces;
}

}  // namespace anamnesis::simulate
