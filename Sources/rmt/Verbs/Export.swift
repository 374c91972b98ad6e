import ArgumentParser
import CheckpointConversion
import JSON
import ModelFile
import TensorStorage

/// `rmt export`: a folder that other programs load.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a folder that PyTorch, transformers, TensorFlow or llama.cpp load.",
    discussion: """
      Layouts:
        huggingface  a folder for transformers. A model with memory brings modeling_rmt.py along, \
      so that AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True) \
      runs the recurrence.
        pytorch      the same folder with pytorch_model.bin, as torch.save writes it.
        tensorflow   a folder for the TensorFlow classes of transformers (tf_model.h5), of which \
      none runs the recurrence; memory travels as the last rows of the word embeddings.
        reference    a state dict, as model.safetensors and pytorch_model.bin, with the names of \
      the paper's own code.
        tensorflow1  a checkpoint in the form of Google's BERT release: bert_model.ckpt, \
      bert_config.json, vocab.txt.
        gguf         model.gguf with configuration and tokenizer inside, for llama.cpp; --dtype q8_0 \
      quantises its matrices.
      BERT's relatives have the layouts huggingface, pytorch and, without a memory behind a map of \
      the embeddings, tensorflow; BERT has all.

      Examples:
        rmt export tuned.rmtw -o out --layout huggingface
        rmt export bert.rmtw -o out --layout huggingface --max-shard-size 2GB
        rmt export bert.rmtw -o out --layout tensorflow
        rmt export tuned.rmtw -o out --layout reference
        rmt export tuned.rmtw -o out --layout gguf --dtype q8_0
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var outputPath: String

  @Option(help: "How names and files are laid out.")
  var layout: ExportLayout

  @Option(help: "Store tensors in this type; the model's own unless given.")
  var dtype: ExportedElementType?

  @Option(
    help: ArgumentHelp(
      "Divide larger weights among several files, with an index beside them (layouts huggingface, "
        + "pytorch): bytes, or KB, MB, GB, KiB, MiB, GiB.",
      valueName: "size"))
  var maxShardSize: ByteCount?

  @Flag(
    help: ArgumentHelp(
      "Write tensors that are one under two names, as a decoder and the word embeddings are, under "
        + "both, each with its own numbers (layouts huggingface, pytorch, reference)."))
  var untie = false

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func run() throws {
    // The model may lie in the folder, but not under a name that is written.
    let name = path.split(separator: "/").last ?? ""
    if !name.hasSuffix(".rmtw") { try OutputCheck.distinct("\(outputPath)/\(name)", from: [path]) }
    let model = try ModelFile(path: path)
    let bar = ProgressBar("exporting", unit: .bytes, isShown: !messages.quiet)
    let report = try CheckpointExporter.export(
      model: model, layout: layout, to: outputPath, collision: forceOption.collision,
      elementType: dtype?.elementType, isQuantized: dtype == .q8_0,
      maximumShardByteCount: maxShardSize?.value, isUntied: untie
    ) { progress in
      bar.update(progress.completedByteCount, of: progress.totalByteCount)
      try Interruption.check()
    }
    bar.finish()
    for note in report.notes { messages.log.notice("\(note)") }
    if output.json {
      let result: JSONValue = [
        "folder": .string(report.folder), "layout": .string(layout.rawValue),
        "tensors": .integer(report.tensorCount),
        "files": .array(
          report.files.map {
            ["name": .string($0.name), "byteCount": .integer($0.byteCount)]
          }),
        "notes": .array(report.notes.map { .string($0) }),
      ]
      try StandardOutput.print(result.serialized(pretty: true))
    } else {
      var table = TextTable([.left, .right])
      for file in report.files { table.add(file.name, byteCountText(file.byteCount)) }
      try StandardOutput.print(
        "\(report.folder): \(counted(report.tensorCount, "tensor")), layout \(layout.rawValue)\n"
          + table.text(indentation: 2))
    }
  }
}
