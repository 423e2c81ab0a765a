// How jemalloc is set up in every program of ours; the environment variable MALLOC_CONF has the last word. Touching a page
// for the first time costs microseconds on a virtual machine, a good part of what a command costs: one arena, whose pages
// all threads use again, and a minute before unused ones go back to the kernel make it rarer. Each thread's own cache keeps
// the arena's locks quiet. Huge pages make an import faster still, and long histories much slower, as soon as parts of them
// go back.

// The name and linkage are jemalloc's, which looks for them before main.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:1,dirty_decay_ms:60000,muzzy_decay_ms:60000";
