// What a bidirectional handler gives: a session that is handed requests and writes answers when it has them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "rpc/codec.h"

namespace anamnesis::rpc {

// The sending side of one bidirectional call, without types. Thread-safe; may be used after the call has ended, without
// effect.
class RawWriter {
 public:
  virtual ~RawWriter() = default;
  virtual void Write(grpc::ByteBuffer message, uint32_t requests_answered) = 0;
  virtual void Finish(absl::Status status) = 0;
};

// The sending side of one bidirectional call. A cheap handle; thread-safe; outlives the call, then without effect.
template <class Response>
class BidiWriter {
 public:
  BidiWriter() = default;
  explicit BidiWriter(std::shared_ptr<RawWriter> raw) : raw_(std::move(raw)) {}

  // Sends after everything written before. `requests_answered` of the requests handed to the session stop counting
  // against its limit once this message is sent: 1 for an answer, more for a cumulative acknowledgement, 0 for news.
  void Write(const Response& response, uint32_t requests_answered = 1) const {
    raw_->Write(Serialize(response), requests_answered);
  }

  // Ends the call after everything written before; the first Finish counts.
  void Finish(absl::Status status) const { raw_->Finish(std::move(status)); }

 private:
  std::shared_ptr<RawWriter> raw_;
};

// One bidirectional call as its service sees it. OnStart, OnRequest, OnRefused and OnReadsDone come one at a time, in
// order; OnWritten and OnCancel may come beside them, from other threads. None may wait. Released when the call has
// ended.
// Back-pressure: while MaxInFlight requests are not answered, no further one is read.
// End: when the caller has closed its side and every request is answered the call ends with OK; when the server drains,
// no further request is read and the call ends with SHUTTING_DOWN once every request is answered.
template <class Request, class Response>
class BidiSession {
 public:
  virtual ~BidiSession() = default;

  // How many requests the session holds unanswered at most, at least 1.
  virtual uint32_t MaxInFlight() const = 0;

  // Once, before anything else.
  virtual void OnStart(BidiWriter<Response> writer) = 0;

  // A request that is decoded and keeps its field rules, to be read: see MakeOnArena. What was written with
  // BidiWriter::Write(…, n) answers it.
  virtual void OnRequest(std::shared_ptr<const Request> request) = 0;

  // A request that breaks its field rules: `refusal` is INVALID_FIELDS. Either writes an answer, and the call goes on,
  // or finishes.
  virtual void OnRefused(std::shared_ptr<const Request> request, absl::Status refusal) = 0;

  // The caller will send nothing more.
  virtual void OnReadsDone() {}

  // The connection has taken a message: once for each Write, one at a time, until the call ends.
  virtual void OnWritten() {}

  // The call is over before it was finished; nothing written from now on is sent.
  virtual void OnCancel() {}
};

}  // namespace anamnesis::rpc
