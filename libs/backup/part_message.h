// A part of a backup as the service that made it tells it: anamnesis.ops.v1.ServiceBackup says what the fields hold.
#pragma once

#include "anamnesis/ops/v1/backup_service.pb.h"
#include "backup/manifest.h"

namespace anamnesis::backup {

ops::v1::ServiceBackup ToMessage(const Part& part);
Part PartFromMessage(const ops::v1::ServiceBackup& made);

}  // namespace anamnesis::backup
