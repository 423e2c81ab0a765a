// A gRPC server that does nothing but answer, or nothing but store and answer: what figures over gRPC are compared
// with.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "echo_service.grpc.pb.h"
#include "rocksdb/db.h"
#include "rpc/mutex_mode.h"
#include "rpc/signals.h"
#include "tests/support/cluster.h"

namespace anamnesis::bench {
namespace {

// Rows in RocksDB, as little as can be done for durability: a queue, and a thread that writes all of it with one fsync;
// PutHere does without both.
class RowStore {
 public:
  RowStore() {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* raw = nullptr;
    if (!rocksdb::DB::Open(options, dir_.path() + "/store", &raw).ok()) std::abort();
    db_.reset(raw);
    thread_ = std::thread([this] { Run(); });
  }
  ~RowStore() {
    {
      MutexLock lock(mutex_);
      closing_ = true;
      work_.NotifyOne();
    }
    thread_.join();
  }

  void Put(std::string bytes, grpc::ServerUnaryReactor* reactor) {
    MutexLock lock(mutex_);
    queue_.emplace_back(std::move(bytes), reactor);
    if (queue_.size() == 1) work_.NotifyOne();
  }

  // Returns when it is on disk.
  void PutHere(const std::string& bytes) {
    rocksdb::WriteBatch batch;
    Add(bytes, batch);
    Write(batch);
  }

 private:
  void Run() {
    for (;;) {
      std::vector<std::pair<std::string, grpc::ServerUnaryReactor*>> group;
      {
        MutexLock lock(mutex_);
        work_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return closing_ || !queue_.empty(); });
        if (queue_.empty()) return;
        group.swap(queue_);
      }
      rocksdb::WriteBatch batch;
      for (const auto& [bytes, reactor] : group) Add(bytes, batch);
      Write(batch);
      for (const auto& [bytes, reactor] : group) reactor->Finish(grpc::Status::OK);
    }
  }

  void Add(const std::string& bytes, rocksdb::WriteBatch& batch) {
    const uint64_t key = __builtin_bswap64(++position_);
    if (!batch.Put({reinterpret_cast<const char*>(&key), sizeof(key)}, bytes).ok()) std::abort();
  }

  void Write(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions sync;
    sync.sync = true;
    if (!db_->Write(sync, &batch).ok()) std::abort();
  }

  const testing_support::TempDir dir_;
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<uint64_t> position_{0};
  Mutex mutex_;
  CondVar work_;
  std::vector<std::pair<std::string, grpc::ServerUnaryReactor*>> queue_ GUARDED_BY(mutex_);
  bool closing_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

class EchoServer final : public v1::EchoService::CallbackService {
 public:
  explicit EchoServer(RowStore& store) : store_(store) {}

 private:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const v1::EchoRequest* request,
                                 v1::EchoResponse* response) override {
    response->mutable_payload()->assign(request->response_bytes(), 'x');
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerUnaryReactor* Store(grpc::CallbackServerContext* context, const v1::EchoRequest* request,
                                  v1::EchoResponse* response) override {
    response->mutable_payload()->assign(request->response_bytes(), 'x');
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    store_.Put(request->payload(), reactor);
    return reactor;
  }

  grpc::ServerUnaryReactor* StoreHere(grpc::CallbackServerContext* context, const v1::EchoRequest* request,
                                      v1::EchoResponse* response) override {
    response->mutable_payload()->assign(request->response_bytes(), 'x');
    store_.PutHere(request->payload());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  RowStore& store_;
};

int Run() {
  rpc::BlockSignals();
  // As our servers have it: the baseline differs from them only in what a call does.
  rpc::DoNotSearchForDeadlocks();
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  RowStore store;
  EchoServer echo(store);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  std::fprintf(stderr, "{\"event\":\"serving\",\"port\":%d}\n", port);
  return rpc::RunUntilSignalled([&] { server->Shutdown(); });
}

}  // namespace
}  // namespace anamnesis::bench

int main() {
  return anamnesis::bench::Run();
}
