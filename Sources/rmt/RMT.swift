import ArgumentParser
import Kernels
import ModelFile
import TensorStorage

/// The command `rmt`: parses, runs a verb, and turns what it throws into a message and an exit code.
@main
struct RMT: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rmt",
    abstract: "Gives a pretrained BERT a memory, so that it reads documents of any length.",
    discussion: """
      The way from a checkpoint to a model that reads long documents:

        rmt convert  path/to/bert-base-cased -o bert.rmtw
        rmt attach   bert.rmtw -o memory.rmtw --memory-tokens 10 --labels yes,no
        rmt finetune memory.rmtw --train train.jsonl --eval eval.jsonl -o tuned.rmtw
        rmt evaluate tuned.rmtw --eval eval.jsonl
        rmt run      tuned.rmtw long-document.txt
        rmt export   tuned.rmtw -o out --layout huggingface

      Every verb has its own help with examples: rmt help finetune.

      Exit codes: 0 good, 64 wrong call, 65 bad data, 66 missing input, 74 input/output failure, \
      130 interrupted.
      """,
    version: "rmt \(ProvenanceStep.currentToolVersion)",
    groupedSubcommands: [
      CommandGroup(name: "Make a model", subcommands: [Convert.self, Attach.self, Create.self]),
      CommandGroup(
        name: "Train and measure",
        subcommands: [
          Pretrain.self, Finetune.self, Evaluate.self, RunExperiment.self, Report.self, Bench.self,
          Flops.self,
        ]),
      CommandGroup(
        name: "Use a model",
        subcommands: [Run.self, Encode.self, Attention.self, Export.self]),
      CommandGroup(
        name: "Look into files",
        subcommands: [Inspect.self, Tokenize.self, Verify.self, Compare.self]),
    ])

  static func main() {
    Interruption.takeOverSignals()
    do {
      var command = try parseAsRoot()
      try InstructionSet.check(InstructionSet.requestedName)
      try command.run()
    } catch let error as any DescribedError {
      StandardError.print("rmt: \(error)")
      exit(withError: ExitCode(error.kind.exitCode))
    } catch {
      exit(withError: error)
    }
  }
}
