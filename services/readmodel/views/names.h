// Names as they are searched: without case, accents and what cannot be seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "anamnesis/clinical/v1/types.pb.h"

namespace anamnesis::readmodel {

// The words of a text, folded: `José  GARCÍA-Ruiz` gives `jose`, `garcia`, `ruiz`. Words are runs of letters, marks and
// digits; an apostrophe joins (`O'Brien` gives `obrien`). Zero-width characters are not there. Text that is not UTF-8
// gives nothing.
std::vector<std::string> FoldedWords(std::string_view text);

// Every folded word of a person's names, sorted, none twice.
std::vector<std::string> NameWords(const google::protobuf::RepeatedPtrField<clinical::v1::HumanName>& names);

}  // namespace anamnesis::readmodel
