#include "feed/facts_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/uuid.h"
#include "tests/support/copy_running.h"

namespace anamnesis::feed {
namespace {

const std::string kLog = "11111111-1111-4111-8111-111111111111";
const std::string kOtherLog = "22222222-2222-4222-8222-222222222222";

// Facts are the payloads one after the other.
absl::StatusOr<FactsStore::Change> AppendPayload(std::string& facts, const event::v1::EventEnvelope& event) {
  if (event.payload() == "bad") return absl::DataLossError("bad");
  facts += event.payload();
  return FactsStore::Change::kChanged;
}

event::v1::EventBatch Batch(std::vector<std::pair<std::string, std::string>> events, uint64_t first) {
  event::v1::EventBatch batch;
  for (const auto& [entity, payload] : events) {
    auto& event = *batch.add_events();
    event.set_stream("patient-" + entity);
    event.set_payload(payload);
    event.set_position(first++);
  }
  return batch;
}

class FactsStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  ~FactsStoreTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void Open(uint32_t version = 1) {
    store_.reset();
    auto opened = FactsStore::Open(directory_, {"patient", "encounter"}, version);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    sink_ = &store_->SinkFor("patient", AppendPayload);
  }

  std::string FactsOf(const std::string& entity) const { return store_->Get(entity)->facts.front().facts; }

  const std::string directory_ = testing::TempDir() + "facts-" + NewUuid();
  std::unique_ptr<FactsStore> store_;
  FollowSink* sink_ = nullptr;
};

TEST_F(FactsStoreTest, NothingIsKnownAtFirst) {
  EXPECT_EQ(*sink_->Resume(kLog), 0u);
  const auto known = store_->Get("a");
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->facts.front().facts, "");
  EXPECT_EQ(known->positions, (std::vector<uint64_t>{0, 0}));
}

TEST_F(FactsStoreTest, FactsAndPositionAreKeptTogetherAcrossARestart) {
  ASSERT_EQ(*sink_->Resume(kLog), 0u);
  ASSERT_TRUE(sink_
                  ->Apply(Batch(
                      {
                          {"a", "x"},
                          {"b", "y"},
                          {"a", "z"}
  },
                      1))
                  .ok());
  Open();
  EXPECT_EQ(*sink_->Resume(kLog), 3u);
  EXPECT_EQ(FactsOf("a"), "xz");
  EXPECT_EQ(FactsOf("b"), "y");
  EXPECT_EQ(store_->Get("a")->positions, (std::vector<uint64_t>{3, 0}));
}

TEST_F(FactsStoreTest, WhatAnotherVersionFoldedIsFollowedAnew) {
  ASSERT_EQ(*sink_->Resume(kLog), 0u);
  ASSERT_TRUE(sink_
                  ->Apply(Batch(
                      {
                          {"a", "x"}
  },
                      1))
                  .ok());
  Open(2);
  EXPECT_EQ(std::filesystem::status(directory_).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(*sink_->Resume(kLog), 0u);
  EXPECT_EQ(FactsOf("a"), "");
  EXPECT_EQ(store_->Get("a")->positions, (std::vector<uint64_t>{0, 0}));
}

TEST_F(FactsStoreTest, ABatchThatCannotBeFoldedChangesNothing) {
  ASSERT_TRUE(sink_
                  ->Apply(Batch(
                      {
                          {"a", "x"}
  },
                      1))
                  .ok());
  EXPECT_FALSE(sink_
                   ->Apply(Batch(
                       {
                           {"a", "y"  },
                           {"a", "bad"}
  },
                       2))
                   .ok());
  EXPECT_EQ(FactsOf("a"), "x");
  EXPECT_EQ(store_->Get("a")->positions[0], 1u);
}

TEST_F(FactsStoreTest, WhatIsForgottenIsInNoFile) {
  const auto on_disk = [this](const std::string& text) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (content.str().find(text) != std::string::npos) return true;
    }
    return false;
  };
  store_.reset();
  store_ = *FactsStore::Open(directory_, {"patient", "encounter"}, 1);
  // What begins with "erased" erases what was known, and may leave something.
  sink_ = &store_->SinkFor(
      "patient", [](std::string& facts, const event::v1::EventEnvelope& event) -> absl::StatusOr<FactsStore::Change> {
        facts = event.payload();
        return facts.starts_with("erased") ? FactsStore::Change::kErased : FactsStore::Change::kChanged;
      });
  ASSERT_TRUE(sink_
                  ->Apply(Batch(
                      {
                          {"a", "a secret of a"},
                          {"b", "a secret of b"}
  },
                      1))
                  .ok());
  ASSERT_TRUE(on_disk("secret of a"));
  auto erasure = Batch(
      {
          {"a", ""                         },
          {"a", "erased, but of the others"}
  },
      3);
  erasure.mutable_events(0)->set_erased(true);
  ASSERT_TRUE(sink_->Apply(erasure).ok());
  EXPECT_FALSE(on_disk("secret of a"));
  EXPECT_EQ(FactsOf("a"), "erased, but of the others");
  EXPECT_EQ(FactsOf("b"), "a secret of b");
  EXPECT_EQ(*sink_->Resume(kLog), 4u);
}

TEST_F(FactsStoreTest, TwoSourcesChangeTheSameEntity) {
  FollowSink& other = store_->SinkFor("encounter", AppendPayload);
  ASSERT_TRUE(sink_
                  ->Apply(Batch(
                      {
                          {"a", "p"}
  },
                      5))
                  .ok());
  ASSERT_TRUE(other
                  .Apply(Batch(
                      {
                          {"a", "e"}
  },
                      9))
                  .ok());
  EXPECT_EQ(FactsOf("a"), "pe");
  EXPECT_EQ(store_->Get("a")->positions, (std::vector<uint64_t>{5, 9}));
}

// Facts are "<absorbed><<survivor>": what was merged into it, and what it was merged into.
TEST_F(FactsStoreTest, FactsOfWhatWasAbsorbedAreReadToTheEndOfTheChain) {
  ASSERT_TRUE(sink_
                  ->Apply(Batch(
                      {
                          {"a", "b<" },
                          {"b", "c<a"},
                          {"c", "a<b"},
                          {"d", "c<" },
                          {"e", "f<" }
  },
                      1))
                  .ok());
  const auto links = [](const std::string& facts) -> absl::StatusOr<FactsStore::Links> {
    FactsStore::Links of;
    const size_t mark = facts.find('<');
    if (mark == std::string::npos) return of;
    of.absorbed = {facts.substr(0, mark)};
    of.survivor = facts.substr(mark + 1);
    return of;
  };
  using Known = std::vector<FactsStore::OfEntity>;
  EXPECT_EQ(store_->Get("a", links)->facts, (Known{
                                                {"a", "b<" },
                                                {"b", "c<a"},
                                                {"c", "a<b"}
  }));
  EXPECT_EQ(store_->Get("d", links)->facts, (Known{
                                                {"d", "c<"}
  }))
      << "what points to another is not its own";
  EXPECT_EQ(store_->Get("e", links)->facts, (Known{
                                                {"e", "f<"}
  }))
      << "nor is what was erased";
  EXPECT_EQ(store_->Get("g", links)->facts, (Known{
                                                {"g", ""}
  }));
}

TEST_F(FactsStoreTest, AnotherLogUnderTheSameNameIsRefused) {
  ASSERT_TRUE(sink_->Resume(kLog).ok());
  EXPECT_EQ(sink_->Resume(kOtherLog).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(sink_->Resume(kLog).ok());
}

// What becomes of the facts when their files are damaged while nobody looks: what opens knows what its position says,
// or an error.
TEST_F(FactsStoreTest, WhatOpensKnowsWhatItsPositionSays) {
  constexpr uint64_t kEvents = 120;
  const auto facts_at = [](uint64_t position, const std::string& entity) {
    std::string facts;
    for (uint64_t at = 1; at <= position; ++at) {
      if (at % 3 == static_cast<uint64_t>(entity[0] - 'a')) facts += "event " + std::to_string(at) + ";";
    }
    return facts;
  };
  for (uint64_t at = 1; at <= kEvents; ++at) {
    if (at == 1 || at == kEvents / 2) {
      Open();
      ASSERT_EQ(*sink_->Resume(kLog), at - 1);
    }
    const std::string entity(1, static_cast<char>('a' + at % 3));
    ASSERT_TRUE(sink_
                    ->Apply(Batch(
                        {
                            {entity, "event " + std::to_string(at) + ";"}
    },
                        at))
                    .ok());
  }
  const std::string image = directory_ + "-image";
  testing_support::CopyRunning(directory_, image);
  std::mt19937_64 random(11);
  int served = 0, refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(image)) {
    const std::string name = entry.path().filename();
    const uint64_t size = entry.file_size();
    if (size == 0 || name == "LOCK" || name.starts_with("LOG")) continue;
    for (int damage = 0; damage < 12; ++damage) {
      SCOPED_TRACE(name + " " + std::to_string(damage));
      store_.reset();
      std::filesystem::remove_all(directory_);
      std::filesystem::copy(image, directory_, std::filesystem::copy_options::recursive);
      const std::string damaged = directory_ + "/" + name;
      if (damage == 0) {
        std::filesystem::remove(damaged);
      } else if (damage < 6) {
        std::filesystem::resize_file(damaged, random() % size);
      } else {
        std::fstream bytes(damaged, std::ios::in | std::ios::out | std::ios::binary);
        const auto at = static_cast<std::streamoff>(random() % size);
        bytes.seekg(at);
        const int byte = bytes.get();
        bytes.seekp(at);
        bytes.put(static_cast<char>(byte ^ (1 << random() % 8)));
      }
      auto opened = FactsStore::Open(directory_, {"patient", "encounter"}, 1);
      const auto position = opened.ok() ? (*opened)->SinkFor("patient", AppendPayload).Resume(kLog) : opened.status();
      bool known = position.ok();
      for (const std::string entity : {"a", "b", "c"}) {
        const auto facts = known ? (*opened)->Get(entity) : absl::StatusOr<FactsStore::Known>(position.status());
        known = known && facts.ok();
        if (known) {
          EXPECT_EQ(facts->facts.front().facts, facts_at(*position, entity)) << *position;
        }
      }
      ++(known ? served : refused);
    }
  }
  std::filesystem::remove_all(image);
  EXPECT_GT(served, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace anamnesis::feed
