#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "base/status.h"
#include "feed/feed_checker.h"
#include "services/cli/commands.h"
#include "services/cli/event_text.h"
#include "services/cli/format.h"
#include "services/cli/online_evidence.h"
#include "services/cli/query.h"
#include "services/cli/server_status.h"

namespace anamnesis::cli {
namespace {

namespace event_v1 = event::v1;

struct ReplayOptions {
  std::string patient;
  std::string service;
  std::string category;
  std::string group;  // "I/N"
  uint64_t from = 1;
  uint64_t limit = 0;
  bool follow = false;
  bool json = false;
  std::string proofs;  // The file for a bundle; empty: none.
};

// One service's feed as a sequence of events.
class Feed {
 public:
  Feed(const Connection& connection, std::string service, event_v1::SubscribeRequest request)
      : connection_(connection),
        service_(std::move(service)),
        stub_(event_v1::EventFeedService::NewStub(connection.Channel(service_))),
        request_(std::move(request)),
        checker_(request_) {}
  ~Feed() {
    if (context_ != nullptr) context_->TryCancel();
  }

  // The next event, or nullptr at the end of what is recorded. A feed that is followed has no end: it connects again
  // where its server went away, after what it has given. DATA_LOSS where the feed leaves something out.
  absl::StatusOr<const event_v1::EventEnvelope*> Next() {
    while (true) {
      if (at_ < batch_.batch().events_size()) {
        return &batch_.batch().events(at_++);
      }
      if (reader_ == nullptr) Open();
      at_ = 0;
      batch_.Clear();
      if (reader_->Read(&batch_)) {
        connected_ = true;
        if (const absl::Status checked = checker_.Check(batch_); !checked.ok()) {
          return absl::DataLossError(absl::StrCat("the ", service_, " service: ", std::string(checked.message()),
                                                  "; nothing after that is shown, run `anamnesis verify`"));
        }
        GoOnAfter(batch_);
        continue;
      }
      const grpc::Status status = reader_->Finish();
      reader_.reset();
      if (status.ok()) return nullptr;
      if (!request_.follow() || !connected_ || status.error_code() != grpc::StatusCode::UNAVAILABLE) {
        return connection_.Explain(service_, status);
      }
    }
  }

  const std::string& service() const { return service_; }

 private:
  // Once all of it has been given: nothing is read before.
  void GoOnAfter(const event_v1::SubscribeResponse& message) {
    if (!message.has_bookmark()) return;
    request_.set_after_position(message.bookmark().position());
    *request_.mutable_after() = message.bookmark();
  }

  void Open() {
    context_ = std::make_unique<grpc::ClientContext>();
    connection_.PrepareStream(*context_);
    if (connected_) context_->set_wait_for_ready(true);
    reader_ = stub_->Subscribe(context_.get(), request_);
  }

  const Connection& connection_;
  const std::string service_;
  const std::unique_ptr<event_v1::EventFeedService::Stub> stub_;
  event_v1::SubscribeRequest request_;
  feed::FeedChecker checker_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<event_v1::SubscribeResponse>> reader_;
  event_v1::SubscribeResponse batch_;
  int at_ = 0;
  bool connected_ = false;
};

void Print(const std::string& service, const event_v1::EventEnvelope& event, bool json) {
  std::cout << (json ? EventJson(service, event) : EventLine(service, event)) << "\n";
}

bool Earlier(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() != b.seconds() ? a.seconds() < b.seconds() : a.nanos() < b.nanos();
}

// Events of all feeds in the order in which they were recorded.
// Returns the positions of what it showed.
absl::StatusOr<std::vector<uint64_t>> ReplayMerged(std::vector<std::unique_ptr<Feed>>& feeds,
                                                   const ReplayOptions& options) {
  std::vector<const event_v1::EventEnvelope*> heads(feeds.size());
  for (size_t i = 0; i < feeds.size(); ++i) {
    ASSIGN_OR_RETURN(heads[i], feeds[i]->Next());
  }
  std::vector<uint64_t> shown;
  while (true) {
    size_t first = feeds.size();
    for (size_t i = 0; i < feeds.size(); ++i) {
      if (heads[i] == nullptr) continue;
      if (first == feeds.size() || Earlier(heads[i]->recorded_time(), heads[first]->recorded_time())) first = i;
    }
    if (first == feeds.size()) break;
    Print(feeds[first]->service(), *heads[first], options.json);
    if (options.follow) std::cout.flush();
    shown.push_back(heads[first]->position());
    if (shown.size() == options.limit) break;  // Before the next event, which a feed that is followed would wait for.
    ASSIGN_OR_RETURN(heads[first], feeds[first]->Next());
  }
  return shown;
}

absl::Status WriteProofs(const Connection& connection, const ReplayOptions& options,
                         const std::vector<uint64_t>& positions) {
  if (positions.empty()) return absl::NotFoundError("no event was shown, so there is nothing to prove");
  ASSIGN_OR_RETURN(const Bundle bundle, BundleOf(connection, options.service, positions));
  std::ofstream file(options.proofs, std::ios::binary | std::ios::trunc);
  file << bundle.json;
  file.close();
  if (!file) return absl::InternalError(absl::StrCat("cannot write ", options.proofs));
  std::cerr << positions.size() << " records with their proofs are in " << options.proofs << "; the key that they are "
            << "checked with, to be compared with signing.key.pub of the " << options.service << " service:\n"
            << bundle.verifier_key << "\n";
  return absl::OkStatus();
}

// What is asked of every feed.
absl::StatusOr<event_v1::SubscribeRequest> RequestOf(const Connection& connection, const ReplayOptions& options) {
  event_v1::SubscribeRequest request;
  request.set_after_position(options.from - 1);
  request.set_follow(options.follow);
  request.mutable_filter()->set_category(options.category);
  if (!options.patient.empty()) {
    Query query(connection);
    ASSIGN_OR_RETURN(*request.mutable_filter()->mutable_patient_id(), query.ResolvePatient(options.patient));
  }
  if (options.group.empty()) return request;
  const std::pair<std::string, std::string> parts = absl::StrSplit(options.group, absl::MaxSplits('/', 1));
  uint32_t index = 0;
  uint32_t size = 0;
  if (!absl::SimpleAtoi(parts.first, &index) || !absl::SimpleAtoi(parts.second, &size) || index >= size) {
    return absl::InvalidArgumentError("--group is I/N: member I, from 0 to N - 1, of N");
  }
  request.mutable_group()->set_index(index);
  request.mutable_group()->set_size(size);
  return request;
}

// Where the service's log ends, for whoever asks for what is behind it; nothing where it goes further or cannot be
// asked.
std::optional<std::string> EndBefore(const Connection& connection, const ReplayOptions& options) {
  if (options.from <= 1) return std::nullopt;
  const auto status = AskStatus(connection, options.service);
  if (!status.ok() || options.from <= status->tail_position()) return std::nullopt;
  return absl::StrCat("the log of the ", options.service, " service ends at position ", status->tail_position());
}

absl::Status Replay(const Connection& connection, const ReplayOptions& options) {
  if (options.follow && options.service.empty()) {
    return absl::InvalidArgumentError("--follow needs --service: each service has a feed of its own");
  }
  if (options.from > 1 && options.service.empty()) {
    return absl::InvalidArgumentError("--from needs --service: each service numbers its events by itself");
  }
  if (!options.proofs.empty() && (options.service.empty() || options.follow)) {
    return absl::InvalidArgumentError("--with-proofs needs --service and an end: each service has a log of its own");
  }
  ASSIGN_OR_RETURN(const event_v1::SubscribeRequest request, RequestOf(connection, options));
  std::vector<std::unique_ptr<Feed>> feeds;
  for (const std::string service : {"patient", "encounter", "medication"}) {
    if (!options.service.empty() && options.service != service) continue;
    feeds.push_back(std::make_unique<Feed>(connection, service, request));
  }
  if (!options.json) std::cout << EventHeading() << "\n";
  const absl::StatusOr<std::vector<uint64_t>> shown = ReplayMerged(feeds, options);
  if (absl::IsInvalidArgument(shown.status())) {
    if (const auto end = EndBefore(connection, options)) return absl::InvalidArgumentError(*end);
  }
  RETURN_IF_ERROR(shown.status());
  if (shown->empty()) {  // No error: the next position may be taken yet.
    if (const auto end = EndBefore(connection, options)) std::cerr << *end << "\n";
  }
  return options.proofs.empty() ? absl::OkStatus() : WriteProofs(connection, options, *shown);
}

}  // namespace

void AddReplayCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand("replay", "Show the recorded events, oldest first");
  command->add_option("--patient", options->patient,
                      "Only one patient: an id, or a name or identifier that only one has");
  command->add_option("--service", options->service, "Only one service; otherwise all, in the order of recording")
      ->check(CLI::IsMember({"patient", "encounter", "medication"}));
  command->add_option("--category", options->category,
                      "Only one kind of stream, as the first part of its name says: patient, practitioner, "
                      "organization, …");
  command->add_option(
      "--group", options->group,
      "I/N: only the share of member I, from 0 to N - 1, of N who divide the patients among themselves");
  command->add_option("--from", options->from, "First position to show; needs --service")
      ->check(CheckPosition)
      ->capture_default_str();
  command->add_option("--limit", options->limit, "Most events to show; 0: all")->capture_default_str();
  command->add_flag("--follow", options->follow, "Stay, and show what is recorded from now on; needs --service");
  command->add_flag("--json", options->json,
                    "Print one JSON object a line, each with its `position` in its service's log");
  command->add_option("--with-proofs", options->proofs,
                      "Also write a bundle with the stored, sealed records and the proofs that they are in the signed "
                      "history, for whoever has the service's public key; needs --service");
  command->footer(
      "Examples:\n  anamnesis replay --service medication --from 1000 --limit 20\n"
      "  anamnesis replay --patient 'Ada Example' --json\n  anamnesis replay --service patient --follow\n"
      "  anamnesis replay --service encounter --category practitioner\n"
      "  anamnesis replay --service patient --follow --json --group 0/4\n"
      "  anamnesis replay --service patient --patient 'Ada Example' --with-proofs ada.json");
  command->callback([options, &connection] { Finish(Replay(connection, *options)); });
}

}  // namespace anamnesis::cli
