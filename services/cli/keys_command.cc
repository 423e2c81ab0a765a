// `anamnesis keys`.
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/ops/v1/key_service.grpc.pb.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
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

// Both keys stand in the file until every service has let go of the old ones: cut short anywhere, it is run again.
absl::Status Rotate(const Connection& connection, const RotateOptions& options) {
  const std::string path =
      options.kek_file.empty() ? KekPath(std::filesystem::absolute(options.dir)) : options.kek_file;
  ASSIGN_OR_RETURN(vault::KeyRing keks, vault::LoadKeyFile(path));
  if (keks.ids().size() == 1 || options.keep_old) {
    keks = keks.WithNewKey();
    RETURN_IF_ERROR(vault::ReplaceKeyFile(path, keks));
  } else {
    std::cerr << "continuing a rotation that was cut short\n";
  }
  std::vector<Rewrapped> done;
  for (const char* service : {"patient", "encounter", "medication"}) {
    ASSIGN_OR_RETURN(done.emplace_back(), RewrapAt(connection, service, keks.current()));
  }
  if (!options.keep_old) RETURN_IF_ERROR(vault::ReplaceKeyFile(path, keks.CurrentOnly()));

  if (options.json) {
    nlohmann::ordered_json json = {
        {"kek_id", keks.current()}
    };
    for (const Rewrapped& service : done) json["rewrapped"][service.service] = service.keys;
    std::cout << json.dump() << "\n";
    return absl::OkStatus();
  }
  Table table({"service", "data keys wrapped anew"});
  for (const Rewrapped& service : done) table.Add({service.service, std::to_string(service.keys)});
  table.Print(std::cout, TerminalWidth(), "");
  std::cout << "the current key is " << keks.current() << "; keep a copy of " << path
            << " apart from the data. Backups made before need the key that they were made under.\n";
  return absl::OkStatus();
}

}  // namespace

void AddKeysCommand(CLI::App& app, Connection& connection) {
  CLI::App* keys = app.add_subcommand("keys", "Look after the keys that the record is sealed with");
  keys->require_subcommand(1);
  auto options = std::make_shared<RotateOptions>();
  CLI::App* rotate = keys->add_subcommand(
      "rotate", "Make a new key-encryption key and wrap every data key with it; no record is touched");
  AddDataOption(*rotate, options->dir);
  rotate->add_option("--kek-file", options->kek_file, "The key file of the services (default: `kek` in the data)");
  rotate->add_flag("--keep-old", options->keep_old, "Leave the older keys in the file");
  rotate->add_flag("--json", options->json, "Print one JSON object");
  rotate->footer("Cut short, it is run again and goes on where it was.");
  rotate->callback([options, &connection] { Finish(Rotate(connection, *options)); });
}

}  // namespace anamnesis::cli
