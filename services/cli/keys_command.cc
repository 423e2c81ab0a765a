// `anamnesis keys`.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/ops/v1/key_service.grpc.pb.h"
#include "base/directory.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
#include "services/cli/fd.h"
#include "services/cli/installation.h"
#include "services/cli/table.h"
#include "vault/key_file.h"

namespace anamnesis::cli {
namespace {

struct RotateOptions {
  std::string dir;
  std::string kek_file;
  bool keep_old = false;
  bool json = false;
};

struct Rewrapped {
  std::string service;
  uint64_t keys;
};

absl::StatusOr<Rewrapped> RewrapAt(const Connection& connection, const std::string& service, const std::string& kek) {
  const auto stub = ops::v1::KeyService::NewStub(connection.Channel(service));
  grpc::ClientContext context;
  connection.PrepareStream(context);  // It lasts as long as there are keys.
  ops::v1::RewrapKeysResponse response;
  const grpc::Status status = stub->RewrapKeys(&context, {}, &response);
  if (!status.ok()) return connection.Explain(service, status);
  if (response.kek_id() == kek) return Rewrapped{service, response.rewrapped()};
  return absl::FailedPreconditionError(absl::StrCat("the ", service, " service has another current key, ",
                                                    response.kek_id(), ", than the key file, ", kek,
                                                    "; start it with the same --kek_file"));
}

// A file beside the key file, which whoever rotates holds locked. While a rotation is under way, also after it was cut
// short, the id of the key stands in it that was current before.
class Rotation {
 public:
  static absl::StatusOr<Rotation> Begin(const std::string& path) {
    Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) return absl::FailedPreconditionError(absl::StrCat("cannot open ", path, ": ", strerror(errno)));
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      return absl::FailedPreconditionError(absl::StrCat("these keys are being rotated by another process, which holds ",
                                                        path, ": wait until it is done"));
    }
    char text[kMaxIdBytes];
    const ssize_t size = pread(file.get(), text, sizeof(text), 0);
    if (size < 0) return absl::FailedPreconditionError(absl::StrCat("cannot read ", path, ": ", strerror(errno)));
    return Rotation(std::move(file), path, std::string(text, static_cast<size_t>(size)));
  }

  // The key that was current before the rotation that was cut short; empty where none was.
  const vault::KekId& before() const { return before_; }
  // Durably.
  absl::Status Note(const vault::KekId& before) {
    if (pwrite(file_.get(), before.data(), before.size(), 0) == static_cast<ssize_t>(before.size()) &&
        fsync(file_.get()) == 0) {
      return SyncDirectory(std::filesystem::absolute(path_).parent_path());
    }
    return absl::FailedPreconditionError(absl::StrCat("cannot write ", path_, ": ", strerror(errno)));
  }
  absl::Status End() {
    if (ftruncate(file_.get(), 0) == 0) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat("cannot write ", path_, ": ", strerror(errno)));
  }

 private:
  static constexpr size_t kMaxIdBytes = 64;

  Rotation(Fd file, std::string path, vault::KekId before)
      : file_(std::move(file)), path_(std::move(path)), before_(std::move(before)) {}

  Fd file_;
  std::string path_;
  vault::KekId before_;
};

// Both keys stand in the file until every service has let go of the old ones: cut short anywhere, it is run again.
absl::Status Rotate(const Connection& connection, const RotateOptions& options) {
  const std::string path =
      options.kek_file.empty() ? KekPath(std::filesystem::absolute(options.dir)) : options.kek_file;
  if (options.kek_file.empty()) RETURN_IF_ERROR(CheckHoldsRecord(options.dir));
  ASSIGN_OR_RETURN(Rotation rotation, Rotation::Begin(path + ".rotation"));
  ASSIGN_OR_RETURN(vault::KeyRing keks, vault::LoadKeyFile(path));
  if (rotation.before().empty() || rotation.before() == keks.current()) {
    RETURN_IF_ERROR(rotation.Note(keks.current()));
    keks = keks.WithNewKey();
    RETURN_IF_ERROR(vault::ReplaceKeyFile(path, keks));
  } else {
    std::cerr << "continuing a rotation that was cut short\n";
  }
  std::vector<Rewrapped> done;
  for (const char* service : kLogOwners) {
    ASSIGN_OR_RETURN(done.emplace_back(), RewrapAt(connection, service, keks.current()));
  }
  std::vector<std::string> old = keks.ids();
  std::erase(old, keks.current());
  if (!options.keep_old) RETURN_IF_ERROR(vault::ReplaceKeyFile(path, keks.CurrentOnly()));
  RETURN_IF_ERROR(rotation.End());

  if (options.json) {
    nlohmann::ordered_json json = {
        {"kek_id",                              keks.current()},
        {options.keep_old ? "kept" : "removed", old           }
    };
    for (const Rewrapped& service : done) json["rewrapped"][service.service] = service.keys;
    std::cout << json.dump() << "\n";
    return absl::OkStatus();
  }
  Table table({"service", "data keys wrapped anew"});
  for (const Rewrapped& service : done) table.Add({service.service, std::to_string(service.keys)});
  table.Print(std::cout, TerminalWidth(), "");
  std::cout << "the current key is " << keks.current() << "; keep a copy of " << path << " apart from the data.\n"
            << "Backups begun before now need the old key " << absl::StrJoin(old, ", ")
            << (options.keep_old ? ", which stays in the file: keep a copy of it"
                                 : ", which is no longer in the file: keep a copy of the old file")
            << " as long as such a backup is kept.\n";
  return absl::OkStatus();
}

}  // namespace

void AddKeysCommand(CLI::App& app, Connection& connection) {
  CLI::App* keys = app.add_subcommand("keys", "Look after the keys that the record is sealed with");
  keys->require_subcommand(1);
  auto options = std::make_shared<RotateOptions>();
  CLI::App* rotate = keys->add_subcommand(
      "rotate",
      "Make a new key-encryption key, wrap every data key with it, and remove the old one from the key file.\n"
      "Backups begun before need the old key: copy the key file first, and keep the copy, apart from the data,\n"
      "as long as such a backup is kept. --keep-old leaves the old key in the file. No record is touched");
  AddDataOption(*rotate, options->dir);
  rotate->add_option("--kek-file", options->kek_file, "The key file of the services (default: `kek` in the data)");
  rotate->add_flag("--keep-old", options->keep_old, "Leave the older keys in the file");
  rotate->add_flag("--json", options->json, "Print one JSON object");
  rotate->footer(
      "Cut short, it is run again and goes on where it was. One runs at a time: beside the key file stands a file "
      "`.rotation`, which is empty when none is under way.");
  rotate->callback([options, &connection] { Finish(Rotate(connection, *options)); });
}

}  // namespace anamnesis::cli
