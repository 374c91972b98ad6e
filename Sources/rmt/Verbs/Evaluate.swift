import ArgumentParser
import FineTuning
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// `rmt evaluate`: accuracy by number of segments.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's accuracy on documents of given lengths.",
    discussion: """
      One row for each number of segments: samples, accuracy with its 95 % interval (Wilson), loss, \
      tokens, seconds, memory. Of a file's documents a row takes those that are longer than the row \
      before allows; a task makes --samples documents for each row. Documents are made as they are \
      read: long ones take no more memory than short ones.

      A document that begins with a shorter one is read once for both, so that all rows of a task \
      whose facts come first cost little more than the longest; a row's seconds are then those up to \
      it. --segments 1...4096 stands for 1, 2, 4, 8 … 4096.

      With -o the rows are kept as JSON lines, each as soon as it is done, and the state of the run \
      in OUTPUT.evaluating. After Ctrl-C, or when the machine went down, the same command with \
      --resume goes on from there and finds the same.

      The file holds one document a line: {"text": "…", "label": "yes"}.

      A task has its facts in the first segment, as the published results do, unless \
      --fact-positions says otherwise. Stories on which the model trained or by which its \
      weights were chosen are left out, and the file that it trained on is refused, unless --allow-training-stories is given.

      Examples:
        rmt evaluate tuned.rmtw --eval eval.jsonl
        rmt evaluate tuned.rmtw --task memorize --segments 1,2,4 --samples 200
        rmt evaluate tuned.rmtw --task reason --stories test.txt --segments 8
        rmt evaluate tuned.rmtw --task memorize --segments 1...64 -o rows.jsonl
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Option(
    help: ArgumentHelp("Documents with labels.", valueName: "file.jsonl"), completion: .file())
  var eval: String?

  @OptionGroup var taskOptions: TaskOptions

  @Option(
    help: ArgumentHelp(
      "Numbers of segments, one row each: \(SegmentCounts.form).", valueName: "1,2,4"),
    transform: SegmentCounts.init(checking:))
  var segments: SegmentCounts?

  @Option(
    help: ArgumentHelp("Positions of a full segment; the model's own unless given.", valueName: "n")
  )
  var segmentPositions: Int?

  @Option(
    help: ArgumentHelp(
      "Documents for each row; all of a file, or \(TaskData.usualSampleCount) of a task, unless given.",
      valueName: "n"))
  var samples: Int?

  @Option(help: ArgumentHelp("Seed of the task's documents; 0 unless given.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Threads; all cores unless given.", valueName: "n"))
  var threads: Int?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Keep the rows in this file, as JSON lines.", valueName: "file.jsonl"))
  var outputPath: String?

  @Flag(help: "Go on with an interrupted run's state.")
  var resume = false

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard (eval == nil) != (taskOptions.task == nil) else {
      throw ValidationError("Give exactly one of --eval and --task.")
    }
    if taskOptions.task != nil, segments == nil {
      throw ValidationError("A task needs to know how long its documents are: --segments 1,2,4.")
    }
    if let segments {
      guard segments.elements.allSatisfy({ $0 > 0 }),
        zip(segments.elements, segments.elements.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw ValidationError("--segments must rise, from 1 on: --segments 1,2,4.") }
      let limit = Curriculum.maximumSegmentCount
      guard segments.elements.allSatisfy({ $0 <= limit }) else {
        throw ValidationError("--segments must lie between 1 and \(limit).")
      }
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
    if outputPath == nil, resume || forceOption.force {
      throw ValidationError("--resume and --force belong to a file of results: -o rows.jsonl.")
    }
    if seed != nil, taskOptions.task == nil {
      throw ValidationError("--seed is for a --task; the documents of --eval are as they are.")
    }
    if let samples, samples < 1 { throw ValidationError("--samples must be at least 1.") }
  }

  func run() throws {
    if let outputPath {
      try OutputCheck.distinct(
        outputPath, from: [path] + [eval].compactMap { $0 } + taskOptions.inputPaths)
    }
    let model = try ModelFile(path: path)
    let memory = try model.memory(segmentPositions: segmentPositions)
    let evaluation = try evaluation(of: model, memory: memory)
    let log = messages.log
    var bar: ProgressBar?
    let rows = try evaluation.run(
      resultsPath: outputPath, collision: forceOption.collision, resumes: resume,
      report: { event in
        switch event {
        case .note(let text): log.notice("\(text)")
        case .reading(let done, let total):
          if bar == nil {
            bar = ProgressBar(
              "reading", unit: .things("segments"), isShown: !messages.quiet,
              completedBefore: done)
          }
          bar?.update(done, of: total)
          if done == total { bar = nil }
        case .row(let row):
          log.info("\(counted(row.segmentCounts.upperBound, "segment")): \(row.summary).")
        case .saved(let path): log.debug("Saved the state of the run to \(path).")
        }
      }, shouldStop: { Interruption.isRequested })
    bar = nil
    let table = EvaluationTable(rows: rows)
    try StandardOutput.print(output.json ? table.json.serialized(pretty: true) : table.text)
  }

  /// What is measured: the task's samples, or a file's documents by length.
  private func evaluation(
    of model: ModelFile, memory: MemoryConfiguration
  ) throws -> LengthEvaluation {
    if let eval {
      let documents = try LabeledDocuments(path: eval, model: model) {
        try Interruption.check()
      }
      messages.log.show(documents.notes)
      let lengths = DocumentLengths(
        documents, segmentSize: memory.segmentSize, segmentCounts: segments?.elements)
      if let note = lengths.note { messages.log.warning("\(note)") }
      return try LengthEvaluation(
        model: model, memory: memory, documents: documents,
        rows: lengths.rows.map { ($0.segmentCounts, $0.first(samples)) },
        threadCount: threads.orEveryCore)
    }
    let task = try taskOptions.makeTask(
      for: model, memory: memory, seed: seed ?? 0, use: .measuring)
    messages.log.show(task.notes)
    return try LengthEvaluation(
      model: model, memory: memory, task: task, segmentCounts: segments?.elements ?? [],
      sampleCount: samples ?? TaskData.usualSampleCount, seed: seed ?? 0,
      threadCount: threads.orEveryCore)
  }
}
