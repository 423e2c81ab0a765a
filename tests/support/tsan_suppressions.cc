// What the thread sanitizer reports falsely: Debian's libraries are not instrumented, so it sees the bytes that they copy and
// not the atomics that publish them. Part of every test under that sanitizer.
//   rocksdb::      its lock-free memtable
//   Commit, …      how one of several writers takes the batches of the others along; its frames are missing from the stack
//   libzstd        contexts that RocksDB's threads hand on to each other
extern "C" const char* __tsan_default_suppressions() {
  return "race:rocksdb::\n"
         "race:RocksCommitLog::Commit\n"
         "race:RocksCommitLog::ReplaceKeys\n"
         "race:libzstd.so\n";
}
