#include "projection/view_store.h"
// Long because: one store, case by case, of which each needs the fixture.

#include <set>
#include <string>
#include <vector>

#include "base/refusal.h"
#include "base/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/readmodel/store_fixture.h"

namespace anamnesis::readmodel {
namespace {

using projection::v1::PublishBatch;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kService[] = "patient";

projection::v1::ViewChange Fail(uint64_t position, int subject, const std::string& reason) {
  projection::v1::ViewChange change = Purge(position, subject);
  change.set_operation(projection::v1::CHANGE_OPERATION_FAIL);
  change.set_reason(reason);
  return change;
}

class ViewStoreTest : public testing::Test {
 protected:
  void Begin(uint64_t tail, uint32_t version = 1) { EXPECT_TRUE(store_->Begin(Hello(tail, version)).ok()); }
  uint64_t Apply(const std::vector<PublishBatch>& batches) {
    const auto applied = store_.Apply(kService, batches);
    EXPECT_TRUE(applied.ok()) << applied.status();
    return applied.value_or(0);
  }
  std::string Refusal(const absl::Status& status) { return RefusalInfo(status).reason(); }
  uint64_t Generation() { return store_->Sources().at(kService).active().number(); }

  StoreOnDisk store_{TextSchema()};
};

TEST_F(ViewStoreTest, ChangesOfOneGroupSeeEachOther) {
  Begin(4);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "one"), Patch(2, 1, "note", 7, " two")}),
         Batch(2, 4, {Patch(3, 1, "note", 7, " three"), Put(4, 1, "note", 8, "other")})});
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 7 one two three", "patient note 8 other"));
}

TEST_F(ViewStoreTest, ReplaysHaveNoEffect) {
  const std::vector<PublishBatch> history = {Batch(0, 2, {Put(1, 1, "note", 7, "a"), Patch(2, 1, "note", 7, "b")}),
                                             Batch(2, 3, {Patch(3, 1, "note", 7, "c")})};
  struct Case {
    const char* name;
    std::vector<PublishBatch> again;
  };
  const Case cases[] = {
      {"the last batch",                    {history[1]}                                                             },
      {"everything",                        history                                                                  },
      {"one batch over all of it",          {Batch(0, 3, {Put(1, 1, "note", 7, "a"), Patch(3, 1, "note", 7, "c")})}  },
      {"a batch that overlaps and goes on", {Batch(1, 4, {Patch(3, 1, "note", 7, "c"), Put(4, 1, "note", 9, "new")})}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    StoreOnDisk store(TextSchema());
    ASSERT_TRUE(store->Begin(Hello(4)).ok());
    ASSERT_TRUE(store.Apply(kService, history).ok());
    store.Reopen();
    ASSERT_TRUE(store.Apply(kService, test.again).ok());
    EXPECT_EQ(Texts(*store).front(), "patient note 7 abc");
  }
}

TEST_F(ViewStoreTest, GoesOnWhereItWasAfterReopening) {
  Begin(2);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "a")})});
  store_.Reopen();
  EXPECT_EQ(store_->Begin(Hello(5)).value(), 2u);
  EXPECT_EQ(store_->Positions().at(kService), 2u);
  EXPECT_EQ(Apply({Batch(2, 5, {})}), 5u);
}

TEST_F(ViewStoreTest, RefusesWhatDoesNotContinueOrIsNotAChange) {
  projection::v1::ViewChange no_uuid = Put(1, 1, "note", 7, "a");
  no_uuid.set_subject_id("not-a-uuid");
  struct Case {
    const char* name;
    PublishBatch batch;
    const char* refusal;
  };
  const Case cases[] = {
      {"a gap",                       Batch(2, 3, {}),                                                     "PUBLISH_GAP"     },
      {"a position beyond the batch", Batch(0, 1, {Put(2, 1, "note", 7, "a")}),                            "CHANGE_MALFORMED"},
      {"positions out of order",      Batch(0, 2, {Put(2, 1, "note", 7, "a"), Put(1, 1, "note", 8, "b")}),
       "CHANGE_MALFORMED"                                                                                                    },
      {"a subject that is no UUID",   Batch(0, 1, {no_uuid}),                                              "CHANGE_MALFORMED"},
  };
  Begin(3);
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(Refusal(store_.Apply(kService, {test.batch}).status()), test.refusal);
    EXPECT_EQ(store_->Positions().at(kService), 0u);
  }
  EXPECT_EQ(Refusal(store_.Apply("encounter", {Batch(0, 1, {})}).status()), "PUBLISH_OUT_OF_ORDER");
}

// Nobody else's views wait for one that cannot be.
TEST_F(ViewStoreTest, WhatIsNotAViewFailsThoseOfItsSubjectOnly) {
  projection::v1::ViewChange no_uuid = Put(2, 1, "note", 7, "a");
  no_uuid.set_view_id("not-a-uuid");
  struct Case {
    const char* name;
    projection::v1::ViewChange change;
    const char* reason;
  };
  const auto told = Fail(2, 1, "event.v1.Odd: DATA_LOSS");
  const auto no_kind = Put(2, 1, "", 7, "a");
  const auto empty = Put(2, 1, "note", 7, "");
  const auto no_terms = Put(2, 1, "note", 7, "bad");
  const auto new_one = Put(2, 1, "note", 5, "bad");
  const Case cases[] = {
      {"the publisher says so",  told,     "event.v1.Odd: DATA_LOSS"    },
      {"a view that is no UUID", no_uuid,  "view_id is not a UUID"      },
      {"no kind",                no_kind,  "kind is not the name of one"},
      {"an empty view",          empty,    "view is empty"              },
      {"a view without terms",   no_terms, "the view is bad"            },
      {"a new one without",      new_one,  "the view is bad"            },
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    StoreOnDisk store(TextSchema());
    ASSERT_TRUE(store->Begin(Hello(5)).ok());
    const auto applied =
        store.Apply(kService, {Batch(0, 3, {Put(1, 1, "note", 7, "first"), test.change, Put(3, 2, "note", 8, "other")}),
                               Batch(3, 5, {Put(4, 1, "note", 9, "later"), Put(5, 2, "note", 8, "and more")})});
    ASSERT_TRUE(applied.ok()) << applied.status();
    EXPECT_EQ(*applied, 5u);
    store.Reopen();
    EXPECT_EQ(store->FailedSubjects(), 1u);
    const auto failed = store->Read().FailureOf(UuidBytes(Id(1)), {});
    ASSERT_TRUE(failed.ok() && failed->has_value());
    EXPECT_EQ((*failed)->service, kService);
    EXPECT_EQ((*failed)->failure.position(), 2u);
    EXPECT_EQ((*failed)->failure.reason(), test.reason);
    EXPECT_FALSE(store->Read().FailureOf(UuidBytes(Id(2)), {})->has_value());
    const projection::ReadTimes before{.as_of_recorded = kYear2020 + kSecond};
    EXPECT_FALSE(store->Read().FailureOf(UuidBytes(Id(1)), before)->has_value()) << "then it was whole";
    EXPECT_THAT(Found(*store, "and"), ElementsAre(8));
  }
}

// Looks at a subject whenever its rows change, as one who asks at that moment.
struct LookingObserver final : projection::ViewStoreObserver {
  explicit LookingObserver(const projection::ViewStore& looked_at) : store(looked_at) {}
  void RowsChanged(const std::set<std::string>& subjects) override {
    sees_failure = store.Read().FailureOf(*subjects.begin(), {})->has_value();
  }
  void AllRowsChanged() override {}
  void Advanced() override {}

  const projection::ViewStore& store;
  bool sees_failure = false;
};

// Or else what is made of the rows before that might be kept for good.
TEST_F(ViewStoreTest, WhoIsToldLastOfAFailureSeesIt) {
  Begin(2);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "whole")})});
  LookingObserver observer(*store_);
  store_->SetObserver(&observer);
  Apply({Batch(1, 2, {Fail(2, 1, "odd")})});
  store_->SetObserver(nullptr);
  EXPECT_TRUE(observer.sees_failure);
}

TEST_F(ViewStoreTest, AFailureIsHealedByARebuildOrAPurge) {
  Begin(2);
  Apply({Batch(0, 2, {Fail(1, 1, "odd"), Fail(2, 2, "odd")})});
  EXPECT_EQ(store_->FailedSubjects(), 2u);
  Apply({Batch(2, 4, {Purge(3, 2), Put(4, 2, "note", 8, "back")})});
  EXPECT_EQ(store_->FailedSubjects(), 1u);
  EXPECT_THAT(Found(*store_, "back"), ElementsAre(8));
  Begin(4, 2);
  EXPECT_EQ(store_->FailedSubjects(), 1u) << "the old generation answers meanwhile";
  Apply({Batch(0, 4, {Put(1, 1, "note", 7, "mended")})});
  EXPECT_EQ(store_->FailedSubjects(), 0u);
  EXPECT_FALSE(store_->Read().FailureOf(UuidBytes(Id(1)), {})->has_value());
  store_.Reopen();
  EXPECT_EQ(store_->FailedSubjects(), 0u);
}

TEST_F(ViewStoreTest, IndexFollowsTheView) {
  Begin(9);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "red green")})});
  EXPECT_THAT(Found(*store_, "red"), ElementsAre(7));
  Apply({Batch(1, 3, {Put(2, 1, "note", 7, "green blue"), Put(3, 1, "note", 8, "green")})});
  EXPECT_THAT(Found(*store_, "red"), IsEmpty());
  EXPECT_THAT(Found(*store_, "green"), ElementsAre(7, 8));
  EXPECT_THAT(Found(*store_, "blu"), ElementsAre(7));
  Apply({Batch(3, 4, {Remove(4, 1, "note", 7)})});
  EXPECT_THAT(Found(*store_, "green"), ElementsAre(8));
  Apply({Batch(4, 5, {Patch(5, 1, "note", 7, "green")})});
  EXPECT_THAT(Found(*store_, "green"), ElementsAre(7, 8));
}

TEST_F(ViewStoreTest, WhatIsPurgedNeverWas) {
  Begin(9);
  Apply(
      {Batch(0, 3, {Put(1, 1, "note", 7, "one"), Patch(2, 1, "note", 7, " two"), Put(3, 2, "note", 8, "another's")})});
  Apply({Batch(3, 5, {Put(4, 1, "note", 9, "three"), Purge(5, 1)})});
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 8 another's"));
  EXPECT_THAT(Texts(*store_, {.as_of_recorded = kYear2020 + 3 * kSecond}), ElementsAre("patient note 8 another's"));
  EXPECT_THAT(Found(*store_, "one"), IsEmpty());
  EXPECT_THAT(Found(*store_, "three"), IsEmpty());
  EXPECT_THAT(Found(*store_, "another's"), ElementsAre(8));
}

TEST_F(ViewStoreTest, WhatComesAfterAPurgeBeginsAnew) {
  for (const bool one_batch : {true, false}) {
    StoreOnDisk store(TextSchema());
    ASSERT_TRUE(store->Begin(Hello(6)).ok());
    const std::vector<PublishBatch> history = {
        Batch(0, 2, {Put(1, 1, "note", 7, "old"), Patch(2, 1, "note", 7, "er")}), Batch(2, 3, {Purge(3, 1)}),
        Batch(3, 5, {Patch(4, 1, "note", 7, "new"), Patch(5, 1, "note", 7, "er")})};
    if (one_batch) {
      ASSERT_TRUE(store.Apply(kService, history).ok());
    } else {
      for (const PublishBatch& batch : history) ASSERT_TRUE(store.Apply(kService, {batch}).ok());
    }
    store.Reopen();
    EXPECT_THAT(Texts(*store), ElementsAre("patient note 7 newer"));
    EXPECT_THAT(Texts(*store, {.as_of_recorded = kYear2020 + 4 * kSecond}), ElementsAre("patient note 7 new"));
    EXPECT_THAT(Texts(*store, {.as_of_recorded = kYear2020 + 2 * kSecond}), IsEmpty());
    EXPECT_THAT(Found(*store, "older"), IsEmpty());
  }
}

TEST_F(ViewStoreTest, AnswersAsOfAnyRecordedTime) {
  Begin(9);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "a"), Patch(2, 1, "note", 7, "b")}),
         Batch(2, 9, {Remove(4, 1, "note", 7), Put(6, 1, "note", 7, "z")})});
  struct Case {
    int64_t second;
    std::vector<std::string> seen;
  };
  const Case cases[] = {
      {0, {}                   },
      {1, {"patient note 7 a"} },
      {3, {"patient note 7 ab"}},
      {5, {}                   },
      {6, {"patient note 7 z"} },
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.second);
    EXPECT_EQ(Texts(*store_, {.as_of_recorded = kYear2020 + test.second * kSecond}), test.seen);
  }
}

TEST_F(ViewStoreTest, AnswersAboutAnyClinicalTime) {
  // Recorded in the order 1, 2, 3; what 2 tells of happened last.
  Begin(9);
  Apply({Batch(0, 3,
               {HappenedAt(kYear2020, Put(1, 1, "note", 7, "begun")),
                HappenedAt(kYear2020 + 90 * kSecond, Patch(2, 1, "note", 7, " ended")),
                HappenedAt(kYear2020 + 30 * kSecond, Patch(3, 1, "note", 7, " corrected"))})});
  struct Case {
    int64_t about;
    int64_t as_of;
    std::vector<std::string> seen;
  };
  const Case cases[] = {
      {-1, 9, {}                                      },
      {0,  9, {"patient note 7 begun"}                },
      {30, 9, {"patient note 7 begun corrected"}      },
      {30, 2, {"patient note 7 begun"}                },
      {90, 9, {"patient note 7 begun ended corrected"}},
      {90, 2, {"patient note 7 begun ended"}          },
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(testing::Message() << "about " << test.about << " as of " << test.as_of);
    EXPECT_EQ(Texts(*store_, {.as_of_recorded = kYear2020 + test.as_of * kSecond,
                              .about_clinical = kYear2020 + test.about * kSecond}),
              test.seen);
  }
}

// Recorded of an order before the time that it was given at: then it was not there, nor a part of it.
TEST_F(ViewStoreTest, NothingIsThereBeforeItBegan) {
  Begin(9);
  Apply({Batch(0, 3,
               {HappenedAt(kYear2020 + 60 * kSecond, Put(1, 1, "note", 7, "begun")),
                HappenedAt(kYear2020 + 50 * kSecond, Patch(2, 1, "note", 7, " given")),
                HappenedAt(kYear2020 + 40 * kSecond, Patch(3, 1, "tally", 8, "never whole"))})});
  EXPECT_THAT(Texts(*store_, {.about_clinical = kYear2020 + 55 * kSecond}), ElementsAre("patient tally 8 never whole"));
  EXPECT_THAT(Texts(*store_, {.about_clinical = kYear2020 + 60 * kSecond}),
              ElementsAre("patient note 7 begun given", "patient tally 8 never whole"));
  Apply({Batch(3, 4, {HappenedAt(kYear2020 + 90 * kSecond, Put(4, 1, "note", 7, "begun anew"))})});
  EXPECT_THAT(Texts(*store_, {.about_clinical = kYear2020 + 60 * kSecond}),
              ElementsAre("patient note 7 begun given", "patient tally 8 never whole"))
      << "what was there before counts";
}

TEST_F(ViewStoreTest, ReadersSeeOneMoment) {
  Begin(9);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "old")})});
  const projection::ViewReader reader = store_->Read();
  Apply({Batch(1, 2, {Put(2, 1, "note", 7, "new")})});
  std::vector<std::string> seen;
  ASSERT_TRUE(reader
                  .Rows("",
                        [&seen](projection::ViewRow&& row) {
                          seen.push_back(row.view);
                          return true;
                        })
                  .ok());
  EXPECT_THAT(seen, ElementsAre("old"));
  EXPECT_EQ(reader.positions().at(kService), 1u);
}

TEST_F(ViewStoreTest, WhatAReaderSeesIsInNoFileOnceItWasTriedAgain) {
  Begin(9);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "a-secret")})});
  {
    const projection::ViewReader reader = store_->Read();
    Apply({Batch(1, 2, {Purge(2, 1)})});  // A term of the index is in keys, which the manifest names too.
    EXPECT_TRUE(store_->RetryPurge().ok());
    EXPECT_TRUE(store_->PurgeIsDue());
    EXPECT_TRUE(IsInAFile(store_.directory(), "a-secret"));
  }
  EXPECT_TRUE(store_->RetryPurge().ok());
  EXPECT_FALSE(store_->PurgeIsDue());
  EXPECT_FALSE(IsInAFile(store_.directory(), "a-secret"));
}

// What it held and the next one never saw may have been erased meanwhile.
TEST_F(ViewStoreTest, ARetiredGenerationIsInNoFile) {
  Begin(1);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "a-secret")})});
  ASSERT_TRUE(IsInAFile(store_.directory(), "a-secret"));
  EXPECT_EQ(store_->Begin(Hello(2, 2)).value(), 0u);
  Apply({Batch(0, 2, {Put(2, 1, "note", 8, "another")})});
  EXPECT_EQ(Generation(), 2u);
  EXPECT_FALSE(IsInAFile(store_.directory(), "a-secret"));
}

TEST_F(ViewStoreTest, ANewerProjectionTakesOverWhenItHasCaughtUp) {
  Begin(2);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "old")})});
  EXPECT_EQ(store_->Begin(Hello(2, 2)).value(), 0u);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "new")})});
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 7 old"));
  store_.Reopen();
  EXPECT_EQ(store_->Begin(Hello(2, 2)).value(), 1u) << "the building generation goes on";
  Apply({Batch(1, 2, {})});
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 7 new"));
  EXPECT_THAT(Found(*store_, "old"), IsEmpty());
  EXPECT_EQ(Generation(), 2u);
  EXPECT_EQ(Refusal(store_->Begin(Hello(2, 1)).status()), "PROJECTION_OLDER");
}

TEST_F(ViewStoreTest, TakingTheNewerProgramBackDropsItsViews) {
  Begin(2);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "old")})});
  Begin(2, /*version=*/2);
  Apply({Batch(0, 1, {Put(1, 1, "note", 7, "new")})});
  EXPECT_EQ(store_->Begin(Hello(2, 1)).value(), 2u);
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 7 old"));
}

TEST_F(ViewStoreTest, RefusesAnotherLogUnlessARebuildWasAskedFor) {
  Begin(2);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "a")})});
  EXPECT_EQ(store_->ReachedPositions()[kService], 2u);
  EXPECT_EQ(Refusal(store_->Begin(Hello(9, 1, kOtherLog)).status()), "LOG_MISMATCH");
  EXPECT_EQ(store_->ReachedPositions()[kService], 0u) << "a position of the other log is not in these views";
  EXPECT_EQ(Refusal(store_->Begin(Hello(1)).status()), "LOG_SHORTENED");
  EXPECT_EQ(store_->ReachedPositions()[kService], 2u);
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 7 a"));

  EXPECT_EQ(store_->RequestRebuild(kService).value(), 1u);
  store_.Reopen();
  EXPECT_EQ(store_->Begin(Hello(1, 1, kOtherLog)).value(), 0u);
  EXPECT_EQ(store_->ReachedPositions()[kService], 0u);
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 7 a"));
  Apply({Batch(0, 1, {Put(1, 1, "note", 8, "b")})});
  EXPECT_THAT(Texts(*store_), ElementsAre("patient note 8 b"));
  EXPECT_EQ(store_->RequestRebuild("encounter").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ViewStoreTest, ARebuildOfAnEmptyLogTakesOverAtOnce) {
  Begin(2);
  Apply({Batch(0, 2, {Put(1, 1, "note", 7, "a")})});
  ASSERT_TRUE(store_->RequestRebuild(kService).ok());
  ASSERT_TRUE(store_->Begin(Hello(0, 1, kOtherLog)).ok());
  EXPECT_THAT(Texts(*store_), IsEmpty());
}

TEST_F(ViewStoreTest, SecondOpenerIsRefused) {
  EXPECT_EQ(projection::ViewStore::Open(store_.directory(), TextSchema()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace anamnesis::readmodel
