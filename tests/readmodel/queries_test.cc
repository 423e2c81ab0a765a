// What the queries answer. Long because: all of them are asked of one fixture.
#include "services/readmodel/queries/queries.h"

#include <set>
#include <string>
#include <vector>

#include "base/refusal.h"
#include "base/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/readmodel/page.h"
#include "services/readmodel/readmodel_module.h"
#include "tests/readmodel/records.h"

namespace anamnesis::readmodel {
namespace {

using chart::v1::SearchPatientsRequest;
using projection::v1::View;
using projection::v1::ViewChange;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class QueriesTest : public testing::Test {
 protected:
  QueriesTest() { EXPECT_TRUE(store_->Begin(Hello(0)).ok()); }

  // One more event of the patient service.
  void Happens(ViewChange change) {
    const auto applied = store_.Apply("patient", {Batch(position_, position_ + 1, {change})});
    EXPECT_TRUE(applied.ok()) << applied.status();
    ++position_;
  }
  uint64_t Next() const { return position_ + 1; }
  void Keep(int subject, const std::string& kind, int view, const View& message) {
    Happens(Put(Next(), subject, kind, view, message));
  }
  void Register(int id, const View& view) { Keep(id, "patient", id, view); }
  void Merge(int survivor, int duplicate) {
    View away;
    away.mutable_patient()->set_survivor_id(Id(survivor));
    Happens(Patch(Next(), duplicate, "patient", duplicate, away.SerializeAsString()));
    View absorbed;
    absorbed.mutable_patient()->add_absorbed_ids(Id(duplicate));
    Happens(Patch(Next(), survivor, "patient", survivor, absorbed.SerializeAsString()));
  }

  // `left`: what is still joined to the survivor. As the patient service does it: first the survivor, then the
  // duplicate.
  void Release(int survivor, const std::vector<int>& left) {
    View released;
    for (const int id : left) released.mutable_patient()->add_absorbed_ids(Id(id));
    released.mutable_patient();
    Happens(Patch(Next(), survivor, "patient", survivor, released.SerializeAsString(), {"absorbed_ids"}));
  }
  void PointNowhere(int duplicate) {
    View alone;
    alone.mutable_patient();
    Happens(Patch(Next(), duplicate, "patient", duplicate, alone.SerializeAsString(), {"survivor_id"}));
  }
  // Whose records the person of this record has, the survivor first.
  std::vector<std::string> RecordsOf(int id, const projection::ReadTimes& times = {}) {
    const auto person = FindPerson(store_->Read(), Id(id), times);
    EXPECT_TRUE(person.ok()) << person.status();
    std::vector<std::string> records;
    for (const std::string& record : person->Records()) records.push_back(UuidText(record));
    return records;
  }

  std::vector<std::string> Search(const SearchPatientsRequest& request) {
    std::vector<std::string> ids;
    const auto response = SearchPatients(store_->Read(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    for (const auto& match : response->matches()) ids.push_back(match.patient().patient_id());
    return ids;
  }
  std::vector<std::string> Named(const std::string& name) {
    SearchPatientsRequest request;
    request.set_name(name);
    return Search(request);
  }

  StoreOnDisk store_{Schema()};
  uint64_t position_ = 0;
};

TEST_F(QueriesTest, FindsNamesByTheBeginningOfAnyWord) {
  View jose = Patient(1, "José", "García");
  auto& maiden = *jose.mutable_patient()->mutable_demographics()->add_names();
  maiden.set_use("maiden");
  maiden.set_family("Nuñez");
  Register(1, jose);
  Register(2, Patient(2, "Josephine", "Smith"));
  struct Case {
    const char* name;
    std::vector<std::string> found;
  };
  const Case cases[] = {
      {"jose",          {Id(1), Id(2)}},
      {"JOSÉ",         {Id(1), Id(2)}},
      {"jos gar",       {Id(1)}       },
      {"gar jos",       {Id(1)}       },
      {"nunez",         {Id(1)}       },
      {"josep",         {Id(2)}       },
      {"ose",           {}            },
      {"jose smithson", {}            },
  };
  for (const Case& test : cases) EXPECT_EQ(Named(test.name), test.found) << test.name;
}

TEST_F(QueriesTest, FindsByIdentifierAlsoRetiredAndByBirthDate) {
  View ana = Born(1970, 5, 12, Patient(1, "Ana", "Lee"));
  *ana.mutable_patient()->add_identifiers() = Identifier("urn:a", "77");
  *ana.mutable_patient()->add_retired_identifiers() = Identifier("urn:old", "1234");
  Register(1, ana);
  View bob = Born(1970, 6, 0, Patient(2, "Bob", "Lee"));
  *bob.mutable_patient()->add_identifiers() = Identifier("urn:b", "77");
  Register(2, bob);
  const auto by_identifier = [this](const std::string& value, const std::string& system) {
    SearchPatientsRequest request;
    request.set_identifier_value(value);
    request.set_identifier_system(system);
    return Search(request);
  };
  const auto by_birth = [this](uint32_t year, uint32_t month, uint32_t day, const std::string& name = "") {
    SearchPatientsRequest request;
    *request.mutable_birth_date() = Born(year, month, day, View()).patient().demographics().birth_date();
    request.set_name(name);
    return Search(request);
  };
  EXPECT_THAT(by_identifier("77", ""), ElementsAre(Id(1), Id(2)));
  EXPECT_THAT(by_identifier("77", "urn:b"), ElementsAre(Id(2)));
  EXPECT_THAT(by_identifier("1234", "urn:old"), ElementsAre(Id(1)));
  EXPECT_THAT(by_identifier("7", ""), IsEmpty());
  EXPECT_THAT(by_birth(1970, 0, 0), ElementsAre(Id(1), Id(2)));
  EXPECT_THAT(by_birth(1970, 6, 0), ElementsAre(Id(2)));
  EXPECT_THAT(by_birth(1970, 5, 12), ElementsAre(Id(1)));
  EXPECT_THAT(by_birth(1970, 0, 0, "bob"), ElementsAre(Id(2)));
  EXPECT_THAT(by_birth(1970, 5, 12, "bob"), IsEmpty());
}

TEST_F(QueriesTest, ASearchForNothingOrOfAnotherTimeIsRefused) {
  SearchPatientsRequest request;
  EXPECT_EQ(RefusalInfo(SearchPatients(store_->Read(), request).status()).reason(), "SEARCH_TERM_MISSING");
  request.set_name(" - ");
  EXPECT_EQ(RefusalInfo(SearchPatients(store_->Read(), request).status()).reason(), "SEARCH_TERM_MISSING");
  request.set_name("ana");
  request.mutable_options()->mutable_as_of_recorded();
  EXPECT_EQ(RefusalInfo(SearchPatients(store_->Read(), request).status()).reason(), "INVALID_FIELDS");
}

TEST_F(QueriesTest, SearchPagesInOrderAndRefusesForeignTokens) {
  for (int id = 1; id <= 7; ++id) Register(id, Patient(id, "Ana", "Lee"));
  SearchPatientsRequest request;
  request.set_name("lee");
  request.set_page_size(3);
  std::vector<std::string> ids;
  do {
    const auto page = SearchPatients(store_->Read(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& match : page->matches()) ids.push_back(match.patient().patient_id());
    request.set_page_token(page->next_page_token());
    request.set_page_size(2);
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, ElementsAre(Id(1), Id(2), Id(3), Id(4), Id(5), Id(6), Id(7)));

  request.set_page_size(3);
  request.set_page_token(SearchPatients(store_->Read(), request)->next_page_token());
  SearchPatientsRequest other = request;
  other.set_name("ana");
  EXPECT_EQ(RefusalInfo(SearchPatients(store_->Read(), other).status()).reason(), "INVALID_CURSOR");
  other = request;
  other.set_page_token("AAAA" + request.page_token().substr(4));
  EXPECT_EQ(RefusalInfo(SearchPatients(store_->Read(), other).status()).reason(), "INVALID_CURSOR");
}

TEST_F(QueriesTest, MergedRecordsAnswerAsOnePerson) {
  // 3 was joined to 2, then 2 to 1.
  for (int id = 1; id <= 3; ++id) Register(id, Patient(id, std::string("Ana").append(id, 'a'), "Lee"));
  for (int id = 1; id <= 3; ++id) Keep(id, "problem", 10 + id, Problem(id));
  Merge(2, 3);
  Merge(1, 2);
  const projection::ViewReader reader = store_->Read();
  for (int id = 1; id <= 3; ++id) {
    SCOPED_TRACE(id);
    const auto person = FindPerson(reader, Id(id), {});
    ASSERT_TRUE(person.ok()) << person.status();
    const auto chart = ChartOf(reader, *person, {});
    ASSERT_TRUE(chart.ok()) << chart.status();
    EXPECT_EQ(chart->resolved_patient_id(), Id(1));
    EXPECT_THAT(chart->merged_ids(), ElementsAre(Id(2), Id(3)));
    EXPECT_EQ(chart->patient().patient_id(), Id(1));
    EXPECT_EQ(chart->active_problems_size(), 3);

    chart::v1::ListTimelineRequest timeline;
    timeline.set_patient_id(Id(id));
    const auto entries = ListTimeline(reader, timeline);
    ASSERT_TRUE(entries.ok()) << entries.status();
    std::vector<std::string> records;
    for (const auto& entry : entries->entries()) records.push_back(entry.patient_id());
    EXPECT_THAT(records, ElementsAre(Id(3), Id(2), Id(1)));
  }
  EXPECT_THAT(Named("anaaaa"), ElementsAre(Id(1))) << "the merged record's name finds the survivor";
  EXPECT_THAT(Named("ana"), ElementsAre(Id(1))) << "each patient once";

  // Before the merges they were three.
  const auto before = FindPerson(reader, Id(3), {.as_of_recorded = kYear2020 + 6 * kSecond});
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->view.patient_id(), Id(3));
  EXPECT_EQ(RefusalInfo(FindPerson(reader, Id(9), {}).status()).reason(), "PATIENT_NOT_FOUND");
}

TEST_F(QueriesTest, UnmergedRecordsAnswerForThemselves) {
  // 4 was joined to 2, 3 to 2, then 2 to 1.
  for (int id = 1; id <= 4; ++id) Register(id, Patient(id, std::string("Ana").append(id, 'a'), "Lee"));
  for (int id = 1; id <= 4; ++id) Keep(id, "problem", 10 + id, Problem(id));
  Merge(2, 4);
  Merge(2, 3);
  Merge(1, 2);
  const uint64_t merged = position_;
  EXPECT_THAT(RecordsOf(3), ElementsAre(Id(1), Id(2), Id(3), Id(4)));
  Release(1, {});
  // Half of the unmerge is seen: the two agree that they are apart.
  EXPECT_THAT(RecordsOf(1), ElementsAre(Id(1)));
  EXPECT_THAT(RecordsOf(3), ElementsAre(Id(2), Id(3), Id(4)));
  PointNowhere(2);
  EXPECT_THAT(RecordsOf(1), ElementsAre(Id(1)));
  for (const int id : {2, 3, 4}) EXPECT_THAT(RecordsOf(id), ElementsAre(Id(2), Id(3), Id(4))) << id;
  EXPECT_THAT(Named("anaaaa"), ElementsAre(Id(2)));
  EXPECT_THAT(Named("ana"), ElementsAre(Id(1), Id(2)));

  Release(2, {4});
  PointNowhere(3);
  EXPECT_THAT(RecordsOf(3), ElementsAre(Id(3)));
  EXPECT_THAT(RecordsOf(2), ElementsAre(Id(2), Id(4)));
  EXPECT_THAT(Named("ana"), ElementsAre(Id(1), Id(2), Id(3)));
  const auto chart = ChartOf(store_->Read(), *FindPerson(store_->Read(), Id(3), {}), {});
  ASSERT_TRUE(chart.ok()) << chart.status();
  EXPECT_EQ(chart->active_problems_size(), 1);
  EXPECT_THAT(chart->merged_ids(), IsEmpty());

  Merge(1, 3);
  EXPECT_THAT(RecordsOf(3), ElementsAre(Id(1), Id(3)));
  const projection::ReadTimes before{.as_of_recorded = kYear2020 + static_cast<int64_t>(merged) * kSecond};
  EXPECT_THAT(RecordsOf(3, before), ElementsAre(Id(1), Id(2), Id(3), Id(4))) << "as it was believed then";
}

TEST_F(QueriesTest, ARecordThatWasRegisteredAnewIsNobodysDuplicate) {
  for (int id = 1; id <= 2; ++id) Register(id, Patient(id, "Ana", "Lee"));
  Merge(1, 2);
  Register(2, Patient(2, "Bea", "Lee"));
  EXPECT_THAT(RecordsOf(1), ElementsAre(Id(1)));
  EXPECT_THAT(RecordsOf(2), ElementsAre(Id(2)));
}

TEST_F(QueriesTest, PagesStayWhereTheyAreWhileTheRecordGrows) {
  Register(1, Patient(1, "Ana", "Lee"));
  for (int day = 1; day <= 5; ++day) Keep(1, "observation", 10 + day, Observation(day, "72514-3", std::to_string(day)));
  chart::v1::ListObservationsRequest request;
  request.set_patient_id(Id(1));
  request.set_page_size(2);
  std::vector<std::string> values;
  do {
    const auto page = ListObservations(store_->Read(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& view : page->observations()) values.push_back(view.observation().value().quantity().value());
    request.set_page_token(page->next_page_token());
    const int day = 20 + static_cast<int>(values.size());
    Keep(1, "observation", day, Observation(day, "72514-3", "new"));  // Newer than where the list is.
  } while (!request.page_token().empty());
  EXPECT_THAT(values, ElementsAre("5", "4", "3", "2", "1"));
}

TEST_F(QueriesTest, APageEndsBeforeItIsTooLargeToBeReceived) {
  constexpr size_t kNoteBytes = 256 << 10;
  constexpr int kNotes = 20;
  Register(1, Patient(1, "Ana", "Lee"));
  for (int id = 0; id < kNotes; ++id) {
    // The last one, which is listed first, is larger than a page.
    const size_t bytes = id < kNotes - 1 ? kNoteBytes : kMaxPageBytes + 1;
    View note;
    auto& written = *note.mutable_note()->mutable_note();
    *written.mutable_signed_time() = ToTimestamp(kYear2020 + id * kSecond);
    written.mutable_content()->set_text(std::string(bytes, 'n'));
    Keep(1, "note", 100 + id, note);
  }
  const projection::ViewReader reader = store_->Read();
  for (const bool as_of_now : {false, true}) {
    SCOPED_TRACE(as_of_now);
    chart::v1::ListTimelineRequest request;
    request.set_patient_id(Id(1));
    request.add_kinds("note");
    request.set_page_size(1000);
    if (as_of_now) *request.mutable_options()->mutable_as_of_recorded() = ToTimestamp(kYear2020 + 86'400 * kSecond);
    std::vector<int> pages;
    std::set<std::string> ids;
    do {
      const auto page = ListTimeline(reader, request);
      ASSERT_TRUE(page.ok()) << page.status();
      pages.push_back(page->entries_size());
      for (const auto& entry : page->entries()) EXPECT_TRUE(ids.insert(entry.id()).second);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    EXPECT_THAT(pages, ElementsAre(1, 7, 7, 5));
    EXPECT_EQ(ids.size(), kNotes);
  }
}

TEST_F(QueriesTest, ListsTheSameByIndexAndAsOfNow) {
  Register(1, Patient(1, "Ana", "Lee"));
  for (int day = 1; day <= 4; ++day) {
    Keep(1, "observation", 10 + day, Observation(day, day % 2 == 0 ? "72514-3" : "8480-6", std::to_string(day)));
    Keep(1, "problem", 20 + day, Problem(day));
  }
  Keep(1, "problem", 30, View(Problem(9, patient::v1::CLINICAL_STATUS_RESOLVED)));
  Happens(Remove(Next(), 1, "problem", 21));
  const projection::ViewReader reader = store_->Read();
  for (const bool as_of_now : {false, true}) {
    SCOPED_TRACE(as_of_now);
    chart::v1::ReadOptions options;
    if (as_of_now) *options.mutable_as_of_recorded() = ToTimestamp(kYear2020 + 86'400 * kSecond);

    chart::v1::ListObservationsRequest observations;
    observations.set_patient_id(Id(1));
    *observations.mutable_options() = options;
    observations.set_code("72514-3");
    EXPECT_EQ(ListObservations(reader, observations)->observations_size(), 2);
    observations.set_code_system("http://snomed.info/sct");
    EXPECT_EQ(ListObservations(reader, observations)->observations_size(), 0);

    chart::v1::ListProblemsRequest problems;
    problems.set_patient_id(Id(1));
    *problems.mutable_options() = options;
    EXPECT_EQ(ListProblems(reader, problems)->problems_size(), 4);
    problems.set_active_only(true);
    EXPECT_EQ(ListProblems(reader, problems)->problems_size(), 3);

    chart::v1::ListTimelineRequest timeline;
    timeline.set_patient_id(Id(1));
    *timeline.mutable_options() = options;
    *timeline.mutable_period()->mutable_start() = ToTimestamp(kYear2020 + 2 * 86'400 * kSecond);
    *timeline.mutable_period()->mutable_end() = ToTimestamp(kYear2020 + 3 * 86'400 * kSecond);
    EXPECT_EQ(ListTimeline(reader, timeline)->entries_size(), 4) << "both ends are included";
    timeline.add_kinds("problem");
    EXPECT_EQ(ListTimeline(reader, timeline)->entries_size(), 2);
    timeline.add_kinds("nonsense");
    EXPECT_EQ(RefusalInfo(ListTimeline(reader, timeline).status()).reason(), "KIND_UNKNOWN");
  }
}

TEST_F(QueriesTest, ShowsTheDirectory) {
  View doctor;
  doctor.mutable_practitioner()->mutable_practitioner()->set_id(Id(5));
  Keep(5, "practitioner", 5, doctor);
  View clinic;
  clinic.mutable_organization()->mutable_organization()->set_id(Id(6));
  Keep(6, "organization", 6, clinic);
  const projection::ViewReader reader = store_->Read();
  chart::v1::ListDirectoryRequest list;
  list.set_kind(chart::v1::DIRECTORY_KIND_ORGANIZATION);
  const auto organizations = ListDirectory(reader, list);
  ASSERT_TRUE(organizations.ok()) << organizations.status();
  ASSERT_EQ(organizations->entries_size(), 1);
  EXPECT_TRUE(organizations->entries(0).has_organization());
  chart::v1::GetDirectoryEntryRequest get;
  get.set_id(Id(5));
  EXPECT_TRUE(GetDirectoryEntry(reader, get)->entry().has_practitioner());
  get.set_id(Id(7));
  EXPECT_EQ(RefusalInfo(GetDirectoryEntry(reader, get).status()).reason(), "DIRECTORY_ENTRY_NOT_FOUND");
}

TEST_F(QueriesTest, ListsPrivilegesByTheirPractitioner) {
  View privilege;
  privilege.mutable_privilege()->set_practitioner_id(Id(7));
  privilege.mutable_privilege()->mutable_privilege()->set_location("Room 2");
  Keep(7, "privilege", 8, privilege);
  chart::v1::ListViewsRequest request;
  request.set_patient_id(Id(7));
  request.set_kind("privilege");
  const auto listed = ListViews(store_->Read(), request);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->entries_size(), 1);
  EXPECT_EQ(listed->entries(0).view().privilege().privilege().location(), "Room 2");
  request.set_patient_id(Id(9));
  EXPECT_EQ(ListViews(store_->Read(), request)->entries_size(), 0);
  request.set_kind("intervention");
  EXPECT_EQ(RefusalInfo(ListViews(store_->Read(), request).status()).reason(), "PATIENT_NOT_FOUND");
}

// What a licence of a doctor looks like.
View Licence(uint32_t from_year, uint32_t to_year) {
  View view;
  auto& credential = *view.mutable_credential()->mutable_credential();
  credential.mutable_license()->set_state("MA");
  credential.mutable_valid_from()->set_year(from_year);
  credential.mutable_valid_to()->set_year(to_year);
  return view;
}

TEST_F(QueriesTest, ShowsWhatAPractitionerHoldsOnADay) {
  for (const int id : {5, 6}) {
    View doctor;
    doctor.mutable_practitioner()->mutable_practitioner()->set_id(Id(id));
    Keep(id, "practitioner", id, doctor);
  }
  Keep(5, "credential", 51, Licence(2010, 2019));
  Keep(5, "credential", 52, Licence(2020, 2029));
  const projection::ViewReader reader = store_->Read();
  chart::v1::GetDirectoryEntryRequest get;
  get.set_id(Id(5));
  const auto all = GetDirectoryEntry(reader, get);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->credentials_size(), 2) << "the newest first";
  EXPECT_EQ(all->credentials(0).credential().valid_from().year(), 2020u);
  const auto from_years = [&](uint32_t year, uint32_t month, uint32_t day) {
    get.mutable_valid_on()->set_year(year);
    get.mutable_valid_on()->set_month(month);
    get.mutable_valid_on()->set_day(day);
    std::vector<uint32_t> years;
    const auto entry = GetDirectoryEntry(reader, get);
    for (const auto& held : entry->credentials()) years.push_back(held.credential().valid_from().year());
    return years;
  };
  EXPECT_THAT(from_years(2019, 12, 31), ElementsAre(2010u));
  EXPECT_THAT(from_years(2020, 1, 1), ElementsAre(2020u));
  EXPECT_THAT(from_years(2030, 1, 1), ElementsAre());
  chart::v1::ListDirectoryRequest list;
  list.set_kind(chart::v1::DIRECTORY_KIND_PRACTITIONER);
  EXPECT_EQ(ListDirectory(reader, list)->credentials_size(), 0) << "not asked for";
  list.mutable_valid_on()->set_year(2025);
  const auto directory = ListDirectory(reader, list);
  ASSERT_TRUE(directory.ok()) << directory.status();
  ASSERT_EQ(directory->entries_size(), 2);
  ASSERT_EQ(directory->credentials_size(), 2);
  EXPECT_EQ(directory->credentials(0).practitioner_id(), Id(5));
  EXPECT_EQ(directory->credentials(0).credentials_size(), 1);
  EXPECT_EQ(directory->credentials(1).practitioner_id(), Id(6));
  EXPECT_EQ(directory->credentials(1).credentials_size(), 0);
}

TEST_F(QueriesTest, ShowsAllThatAPractitionerHolds) {
  View doctor;
  doctor.mutable_practitioner()->mutable_practitioner()->set_id(Id(5));
  Keep(5, "practitioner", 5, doctor);
  constexpr int kHeld = 2 * kDefaultPageSize + 1;
  for (int i = 0; i < kHeld; ++i) Keep(5, "credential", 100 + i, Licence(2010, 2019));
  chart::v1::GetDirectoryEntryRequest get;
  get.set_id(Id(5));
  EXPECT_EQ(GetDirectoryEntry(store_->Read(), get)->credentials_size(), kHeld) << "however many pages that are";
}

TEST_F(QueriesTest, DigestsAgreeHoweverServicesInterleaveAndHistoryWent) {
  const auto digest = [](StoreOnDisk& store, const std::string& patient) {
    chart::v1::GetDigestRequest request;
    request.set_patient_id(patient);
    const auto response = GetDigest(store->Read(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response->digest();
  };
  const auto patient_batch = Batch(0, 1, {Put(1, 1, "patient", 1, Patient(1, "Ana", "Lee"))});
  const auto encounter_batch = Batch(0, 1, {Put(1, 1, "encounter", 2, Encounter(1))});
  StoreOnDisk one(Schema());
  StoreOnDisk other(Schema());
  for (StoreOnDisk* store : {&one, &other}) {
    ASSERT_TRUE((*store)->Begin(Hello(1)).ok());
    ASSERT_TRUE((*store)->Begin(Hello(1, 1, kOtherLog, "encounter")).ok());
  }
  ASSERT_TRUE(one.Apply("patient", {patient_batch}).ok());
  ASSERT_TRUE(one.Apply("encounter", {encounter_batch}).ok());
  ASSERT_TRUE(other.Apply("encounter", {Batch(0, 1, {Put(1, 1, "encounter", 2, Encounter(9))})}).ok());
  ASSERT_TRUE(other.Apply("encounter", {Batch(1, 2, {Put(2, 1, "encounter", 2, Encounter(1))})}).ok());
  EXPECT_NE(digest(one, ""), digest(other, ""));
  ASSERT_TRUE(other.Apply("patient", {patient_batch}).ok());
  EXPECT_EQ(digest(one, ""), digest(other, ""));
  EXPECT_EQ(digest(one, Id(1)), digest(other, Id(1)));
}

}  // namespace
}  // namespace anamnesis::readmodel
