#include "tests/support/command.h"

#include <fstream>
#include <sstream>

namespace anamnesis::testing_support {

Answer Run(const Cluster& cluster, const std::string& arguments) {
  const TempDir dir;
  const std::string out = dir.path() + "/out";
  Child command({"/bin/sh", "-c", cluster.CommandLine(arguments) + " > '" + out + "'"});
  Answer answer{.exit_code = command.Wait()};
  std::ostringstream text;
  text << std::ifstream(out).rdbuf();
  answer.text = text.str();
  command.AwaitLine("\n");  // None has one: returns when everything is read.
  answer.said = command.Output();
  return answer;
}

}  // namespace anamnesis::testing_support
