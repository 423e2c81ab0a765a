// How jemalloc is set up in every program of ours; the environment variable MALLOC_CONF has the last word. Touching a
// page for the first time costs microseconds on a virtual machine, more than most commands have to spare: huge pages,
// and one arena whose pages all threads use again, halve how often that happens. Each thread's own cache keeps the
// arena's locks quiet.

// The name and linkage are jemalloc's, which looks for them before main.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:1,thp:always,metadata_thp:always";
