import ArgumentParser

/// The stages of `rmt finetune`.
struct CurriculumOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Segments of a document in each stage; one stage of documents of any length unless given.",
      valueName: "1,2,4"))
  var segments: CommaSeparated<Int>?

  @Option(
    help: ArgumentHelp(
      "Positions of a full segment, memory and special tokens included; the model's own unless given.",
      valueName: "n"))
  var segmentPositions: Int?

  @Option(
    help: ArgumentHelp("Optimizer steps of each stage, or one number for all.", valueName: "n,…"))
  var steps: CommaSeparated<Int> = CommaSeparated([1000])

  @Flag(help: "Give each batch of a task a random number of segments up to the stage's.")
  var mixLengths = false
}
