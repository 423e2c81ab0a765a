#include "services/cli/clinic/play.h"

#include <unistd.h>

#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "services/cli/clinic/player.h"
#include "services/cli/clinic/stories.h"
#include "services/cli/progress_bar.h"
#include "services/cli/server_status.h"
#include "services/cli/table.h"

namespace anamnesis::clinic {
namespace {

// A step that was played.
struct Played {
  const Step* step;
  Answer answer;
  std::string difference;
};

// What came of a story.
struct Result {
  const ReadyStory* story;
  int before = 0;  // Steps of an earlier play.
  std::vector<Played> played;
};

// What is played stays: not by mistake among real people.
absl::Status CheckIsForPlay(const cli::Connection& connection, Player& player, const std::vector<ReadyStory>& stories) {
  ASSIGN_OR_RETURN(const ops::v1::GetStatusResponse patient, cli::AskStatus(connection, "patient"));
  if (patient.tail_position() == 0) return absl::OkStatus();
  for (const ReadyStory& story : stories) {
    ASSIGN_OR_RETURN(const int before, player.FirstToPlay(story.story));
    if (before > 0) return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the patient service has recorded ", patient.tail_position(),
      " events that are not of this clinic, and what is played stays among them for ever, with rule tables "
      "and erasures: play it on an installation of its own (`anamnesis --port-base … up --data …`), or say "
      "--yes"));
}

absl::StatusOr<std::vector<Result>> PlayAll(Player& player, const std::vector<ReadyStory>& stories) {
  cli::ProgressLine line;
  std::unique_ptr<cli::ProgressBar> bar;
  if (isatty(STDERR_FILENO) != 0) {
    bar = std::make_unique<cli::ProgressBar>([&line] { return line.Text(); }, std::cerr);
  }
  std::vector<Result> results;
  for (const ReadyStory& story : stories) {
    Result& result = results.emplace_back(Result{.story = &story});
    ASSIGN_OR_RETURN(result.before, player.FirstToPlay(story.story));
    const auto all = static_cast<uint64_t>(story.story.steps_size());
    for (int i = result.before; i < story.story.steps_size(); ++i) {
      const Step& step = story.story.steps(i);
      line.Say(absl::StrCat("steps: ", story.story.title()), static_cast<uint64_t>(i), all);
      ASSIGN_OR_RETURN(Answer answer, player.Play(step));
      std::string difference = Difference(step, answer);
      result.played.push_back({&step, std::move(answer), std::move(difference)});
    }
  }
  return results;
}

nlohmann::json ToJson(const std::vector<Result>& results) {
  nlohmann::json steps = nlohmann::json::array();
  int before = 0;
  for (const Result& result : results) {
    before += result.before;
    for (const Played& played : result.played) {
      const CommandOf command = CommandIn(*played.step);
      steps.push_back({
          {"story",      result.story->name     },
          {"step",       played.step->name()    },
          {"service",    command.service        },
          {"command",    command.field->name()  },
          {"streamed",   played.step->streamed()},
          {"refused",    played.answer.refused  },
          {"alerts",     played.answer.alerts   },
          {"difference", played.difference      }
      });
    }
  }
  return {
      {"steps",           std::move(steps)},
      {"recorded_before", before          }
  };
}

void Print(const std::vector<Result>& results) {
  cli::Table table({"STORY", "ABOUT", "STEPS", "DONE", "REFUSED", "BEFORE", "DIFFERENT"});
  for (const Result& result : results) {
    int refused = 0, different = 0;
    for (const Played& played : result.played) {
      if (!played.answer.refused.empty()) ++refused;
      if (!played.difference.empty()) ++different;
    }
    const int done = static_cast<int>(result.played.size()) - refused;
    table.Add({result.story->name, result.story->story.title(), absl::StrCat(result.story->story.steps_size()),
               absl::StrCat(done), absl::StrCat(refused), absl::StrCat(result.before), absl::StrCat(different)});
  }
  table.Print(std::cout, cli::TerminalWidth(), "");
}

}  // namespace

absl::Status PlayClinic(const cli::Connection& connection, bool json, bool yes) {
  ASSIGN_OR_RETURN(const std::vector<ReadyStory> stories, ReadStories());
  Player player(connection);
  if (!yes) RETURN_IF_ERROR(CheckIsForPlay(connection, player, stories));
  ASSIGN_OR_RETURN(const std::vector<Result> results, PlayAll(player, stories));
  if (json) {
    std::cout << ToJson(results).dump() << "\n";
  } else {
    Print(results);
  }
  int differences = 0;
  for (const Result& result : results) {
    for (const Played& played : result.played) {
      if (played.difference.empty()) continue;
      ++differences;
      std::cerr << result.story->name << "/" << played.step->name() << " " << played.difference << "\n";
    }
  }
  if (differences == 0) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("what came of ", differences, " steps is otherwise than the stories of the clinic say"));
}

}  // namespace anamnesis::clinic
