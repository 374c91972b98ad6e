import ArgumentParser
import CheckpointConversion
import FineTuning
import ModelSchema

// The libraries' own choices, spelled on the command line as the libraries spell them.

extension ExportLayout: ExpressibleByArgument {}
extension MemoryConfiguration.Alignment: ExpressibleByArgument {}
extension LearningRateSchedule.Shape: ExpressibleByArgument {}
extension WeightDecayScope: ExpressibleByArgument {}
