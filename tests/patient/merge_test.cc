// Merges and their undoing, over histories that nobody thought of: no edit is lost, none moves to another record, links
// never form a ring.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

std::string StreamOf(const std::string& patient) {
  return absl::StrCat("patient-", patient);
}

const v1::DuplicateReleased& Released(const Decision& decision) {
  return decision.events.at(0).event.duplicate_released();
}

TEST(UnmergeTest, IsToldInBothStreams) {
  const World world = After(
      {Register(), Of(kOther, Register()), Of(kThird, Register()), Merge(kPatient, kOther), Merge(kPatient, kThird)});
  const Decision decision = DecideOn(world, Unmerge(kPatient, kOther));
  EXPECT_EQ(decision.resource_id, kPatient);
  EXPECT_EQ(decision.revision, 4);
  ASSERT_EQ(decision.events.size(), 2);
  EXPECT_EQ(decision.events[0].stream, 0);
  EXPECT_EQ(Released(decision).duplicate_id(), kOther);
  EXPECT_EQ(Released(decision).reason(), "as discussed");
  EXPECT_EQ(Released(decision).revision(), 4);
  ASSERT_EQ(Released(decision).absorbed_ids_size(), 1);
  EXPECT_EQ(Released(decision).absorbed_ids(0), kThird);
  EXPECT_EQ(decision.events[1].stream, 1);
  EXPECT_EQ(decision.events[1].event.unmerged_from().survivor_id(), kPatient);
  EXPECT_EQ(decision.events[1].event.unmerged_from().reason(), "as discussed");
  EXPECT_EQ(decision.events[1].event.unmerged_from().revision(), 3);
}

TEST(UnmergeTest, ListsWhatCameSinceTheMergeAndNothingElse) {
  const World world = After({Register({Mrn("1")}), Of(kOther, Register({Mrn("2")})), Of(kOther, Record(Goal())),
                             Record(Problem()), Record(CarePlan()), Update(Named("Roe")), Merge(kPatient, kOther),
                             Record(Allergy()), Revise(Allergy()), End(), Add(Mrn("3"))});
  const Decision decision = DecideOn(world, Unmerge(kPatient, kOther));
  ASSERT_EQ(Released(decision).changed_resources_size(), 2);
  EXPECT_EQ(Released(decision).changed_resources(0).kind(), "allergy");
  EXPECT_EQ(Released(decision).changed_resources(0).id(), kAllergy);
  EXPECT_EQ(Released(decision).changed_resources(0).revision(), 2);
  EXPECT_EQ(Released(decision).changed_resources(1).kind(), "care_plan");
  EXPECT_EQ(Released(decision).changed_resources(1).revision(), 2);
  ASSERT_EQ(Released(decision).added_identifiers_size(), 1);
  EXPECT_EQ(Released(decision).added_identifiers(0).value(), "3");
  EXPECT_FALSE(Released(decision).demographics_changed()) << "that was before";
  EXPECT_FALSE(Released(decision).death_changed());
  ASSERT_EQ(decision.alerts.size(), 1);
  EXPECT_EQ(decision.alerts[0].rule_id(), "unmerge-review");
  EXPECT_EQ(decision.alerts[0].severity(), rpc::v1::ALERT_SEVERITY_WARN);
  ASSERT_EQ(decision.alerts[0].facts_size(), 2);
  EXPECT_EQ(decision.alerts[0].facts(0), absl::StrCat("allergy/", kAllergy));
  ASSERT_EQ(decision.alerts[0].values_size(), 1);
  EXPECT_EQ(decision.alerts[0].values(0).name(), "added_identifiers");
  EXPECT_EQ(decision.alerts[0].values(0).value(), "1");
}

TEST(UnmergeTest, ListsWhatChangedOfThePatientItself) {
  const std::vector<v1::PatientCommand> merged{Register(), Of(kOther, Register()), Merge(kPatient, kOther)};
  const auto after = [&](const std::vector<v1::PatientCommand>& then) {
    std::vector<v1::PatientCommand> commands = merged;
    commands.insert(commands.end(), then.begin(), then.end());
    return DecideOn(After(commands), Unmerge(kPatient, kOther));
  };
  EXPECT_TRUE(after({}).alerts.empty()) << "nothing is to be looked at";
  EXPECT_TRUE(Released(after({Update(Named("Roe"))})).demographics_changed());
  EXPECT_TRUE(Released(after({Die()})).death_changed());
  EXPECT_TRUE(Released(after({Die(), Revive()})).death_changed());
  EXPECT_EQ(after({Die(), Update(Named("Roe"))}).alerts.at(0).values_size(), 2);
}

TEST(UnmergeTest, EachMergeCountsFromItself) {
  const World world = After({Register(), Of(kOther, Register()), Of(kThird, Register()), Merge(kPatient, kOther),
                             Record(Goal()), Merge(kPatient, kThird), Record(Allergy())});
  EXPECT_EQ(Released(DecideOn(world, Unmerge(kPatient, kOther))).changed_resources_size(), 2);
  EXPECT_EQ(Released(DecideOn(world, Unmerge(kPatient, kThird))).changed_resources_size(), 1);
  World again = world;
  for (const v1::PatientCommand& command : {Unmerge(kPatient, kOther), Merge(kPatient, kOther)}) {
    Apply(command, DecideOn(again, command), again);
  }
  EXPECT_EQ(Released(DecideOn(again, Unmerge(kPatient, kOther))).changed_resources_size(), 0);
}

TEST(UnmergeTest, ASurvivorThatWasErasedSinceHasNothingFromBefore) {
  const World world = After({Register(), Of(kOther, Register()), Record(Problem()), Merge(kPatient, kOther), Erase(),
                             Register(), Record(Goal())});
  const Decision decision = DecideOn(world, Unmerge(kPatient, kOther));
  ASSERT_EQ(Released(decision).changed_resources_size(), 1);
  EXPECT_EQ(Released(decision).changed_resources(0).kind(), "goal");
  EXPECT_EQ(Released(decision).absorbed_ids_size(), 0);
}

// What was done, kept apart from the domain: who is joined to whom, and which edit was made of which record when.
class Book {
 public:
  struct Edit {
    std::string record;
    uint64_t revision;
    int step;
  };

  void Merged(const std::string& survivor, const std::string& duplicate, int step) {
    links_[duplicate] = {survivor, step};
  }
  void Unmerged(const std::string& duplicate) { links_.erase(duplicate); }
  void Edited(const std::string& record, const std::string& resource, uint64_t revision, int step) {
    edits_[resource] = {record, revision, step};
  }

  // What a person has to look at, `<id> <revision>`.
  std::set<std::string> Since(const std::string& survivor, const std::string& duplicate) const {
    std::set<std::string> changed;
    for (const auto& [resource, edit] : edits_) {
      if (edit.record == survivor && edit.step > links_.at(duplicate).second) {
        changed.insert(absl::StrCat(resource, " ", edit.revision));
      }
    }
    return changed;
  }

  void Check(const World& world) const {
    for (const auto& [stream, state] : world) {
      const std::string patient = stream.substr(sizeof("patient-") - 1);
      const auto link = links_.find(patient);
      EXPECT_EQ(state.survivor_id(), link == links_.end() ? "" : link->second.first);
      size_t joined = 0;
      for (const auto& [duplicate, to] : links_) joined += to.first == patient ? 1 : 0;
      EXPECT_EQ(static_cast<size_t>(state.absorbed_size()), joined);
      for (const v1::AbsorbedRecord& absorbed : state.absorbed()) {
        EXPECT_EQ(links_.at(absorbed.duplicate_id()).first, patient) << "both ends of a link agree";
      }
      size_t hops = 0;
      for (std::string at = patient; !at.empty() && hops <= world.size(); ++hops) {
        at = world.at(StreamOf(at)).survivor_id();
      }
      EXPECT_LE(hops, world.size()) << "a ring";
      for (const auto& [resource, kept] : state.resources()) {
        EXPECT_EQ(edits_.at(resource).record, patient) << "moved";
        EXPECT_EQ(edits_.at(resource).revision, kept.revision());
      }
    }
    size_t kept = 0;
    for (const auto& [stream, state] : world) kept += state.resources().size();
    EXPECT_EQ(kept, edits_.size()) << "lost";
  }

 private:
  std::map<std::string, std::pair<std::string, int>> links_;
  std::map<std::string, Edit> edits_;
};

std::string Id(uint32_t number) {
  return absl::StrCat("00000000-0000-4000-8000-", absl::Dec(number, absl::kZeroPad12));
}

TEST(MergeHistoryTest, NoEditIsLostOrMovesAndLinksMakeNoRing) {
  constexpr uint32_t kPatients = 5;
  int merges = 0;
  int unmerges = 0;
  int edits = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    World world;
    Book book;
    const auto any = [&random] { return Id(1 + random() % kPatients); };
    for (uint32_t id = 1; id <= kPatients; ++id) {
      const v1::PatientCommand command = Of(Id(id), Register());
      Apply(command, DecideOn(world, command), world);
    }
    for (int step = 1; step <= 150; ++step) {
      const std::string one = any();
      const std::string other = any();
      const std::string resource = Id(100 + random() % 20);
      const uint32_t choice = random() % 6;
      v1::PatientCommand command = Merge(one, other);
      if (choice == 1) command = Unmerge(one, other);
      if (choice >= 2) command = Of(one, choice % 2 == 0 ? Record(Goal(resource)) : Revise(Goal(resource)));
      if (choice == 2 && world.at(StreamOf(one)).resources().size() > 6) continue;
      // One id is used for one record only, so that an edit which moved would be seen.
      if (choice >= 2) {
        bool elsewhere = false;
        for (const auto& [stream, state] : world) {
          elsewhere |= stream != StreamOf(one) && state.resources().contains(resource);
        }
        if (elsewhere) continue;
      }
      const Decision decision = DecideOn(world, command);
      if (!decision.refusal.ok()) continue;
      if (choice == 1) {
        std::set<std::string> listed;
        for (const v1::ChangedResource& changed : Released(decision).changed_resources()) {
          listed.insert(absl::StrCat(changed.id(), " ", changed.revision()));
        }
        EXPECT_EQ(listed, book.Since(one, other)) << "step " << step;
        book.Unmerged(other);
        ++unmerges;
      } else if (choice == 0) {
        book.Merged(one, other, step);
        ++merges;
      } else {
        book.Edited(one, resource, decision.revision, step);
        ++edits;
      }
      Apply(command, decision, world);
      book.Check(world);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(merges, 200) << "the histories are worth something";
  EXPECT_GT(unmerges, 100);
  EXPECT_GT(edits, 1'000);
}

}  // namespace
}  // namespace anamnesis::patient
