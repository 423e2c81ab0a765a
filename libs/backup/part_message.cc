#include "backup/part_message.h"

#include "base/clock.h"

namespace anamnesis::backup {

ops::v1::ServiceBackup ToMessage(const Part& part) {
  ops::v1::ServiceBackup made;
  made.set_service(part.service);
  made.set_log_id(part.log_id);
  made.set_log_backup(part.log_backup);
  made.set_position(part.position);
  if (part.recorded_micros != 0) *made.mutable_recorded_time() = ToTimestamp(part.recorded_micros);
  made.set_new_bytes(part.new_bytes);
  made.set_shared_bytes(part.shared_bytes);
  for (const std::string& id : part.kek_ids) made.add_kek_ids(id);
  for (const StoredFile& file : part.files) {
    ops::v1::BackupFile& stored = *made.add_files();
    stored.set_name(file.name);
    stored.set_bytes(file.bytes);
    stored.set_sha256(file.sha256);
  }
  return made;
}

Part PartFromMessage(const ops::v1::ServiceBackup& made) {
  Part part{
      .service = made.service(),
      .log_id = made.log_id(),
      .log_backup = made.log_backup(),
      .position = made.position(),
      .recorded_micros = made.has_recorded_time() ? ToMicros(made.recorded_time()) : 0,
      .new_bytes = made.new_bytes(),
      .shared_bytes = made.shared_bytes(),
      .kek_ids = {made.kek_ids().begin(), made.kek_ids().end()}
  };
  for (const ops::v1::BackupFile& file : made.files()) {
    part.files.push_back({.name = file.name(), .bytes = file.bytes(), .sha256 = file.sha256()});
  }
  return part;
}

}  // namespace anamnesis::backup
