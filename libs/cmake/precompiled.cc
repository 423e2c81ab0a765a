// Holds nothing: it is there for the precompiled header of its target to be built.
