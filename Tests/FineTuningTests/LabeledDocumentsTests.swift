import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

@Suite struct LabeledDocumentsTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func read(_ content: some Sequence<UInt8>) throws -> LabeledDocuments {
    try LabeledDocuments(
      path: try folder.write(content, to: "train.jsonl"), labels: ["yes", "no"],
      tokenizer: try SmallVocabulary.tokenizer())
  }

  private func read(_ text: String) throws -> LabeledDocuments { try read(Array(text.utf8)) }

  @Test func `labels are names or indices and other members are ignored`() throws {
    let documents = try read(
      """
      {"text": "the garden", "label": "no"}
      {"id": [1, {"x": null}], "label": 0, "text": "where is mary?"}

      """)
    #expect(documents.count == 2)
    #expect(
      documents[0] == LabeledSample(tokenIDs: SmallVocabulary.ids("the garden"), label: 1))
    #expect(
      documents[1] == LabeledSample(tokenIDs: SmallVocabulary.ids("where is mary ?"), label: 0))
    #expect(documents.notes == [])
  }

  @Test func `blank lines, carriage returns and a byte order mark are no documents`() throws {
    let documents = try read(
      "\u{FEFF}{\"text\": \"mary\", \"label\": 1}\r\n\r\n \t\n{\"text\": \"john\", \"label\": 1}")
    #expect(documents.count == 2)
  }

  @Test func `special tokens in a text are dropped`() throws {
    let documents = try read(#"{"text": "[CLS] mary [SEP][PAD]", "label": 0}"#)
    #expect(documents[0].tokenIDs == SmallVocabulary.ids("mary"))
  }

  @Test func `ids stand for a text, without the tokens around a segment`() throws {
    let ids = SmallVocabulary.ids("the garden")
    let documents = try read(
      "{\"ids\": [2, \(ids[0]), \(ids[1]), 3], \"label\": \"no\"}\n"
        + "{\"text\": \"mary\", \"ids\": [\(ids[1])], \"label\": 0}")
    #expect(documents[0] == LabeledSample(tokenIDs: ids, label: 1))
    #expect(documents[1].tokenIDs == [ids[1]])
  }

  @Test(arguments: [
    (#"{"ids": [2, 3], "label": 0}"#, "empty"), (#"{"ids": [], "label": 0}"#, "empty"),
    (#"{"ids": [-1], "label": 0}"#, "ids"), (#"{"ids": [9999999], "label": 0}"#, "ids"),
    (#"{"ids": [5.5], "label": 0}"#, "ids"), (#"{"ids": "5", "label": 0}"#, "ids"),
    (#"{"text": "mary", "label": "#, "broken"), (#"["mary", 0]"#, "broken"),
    (#"{"label": 0}"#, "text"), (#"{"text": 7, "label": 0}"#, "text"),
    (#"{"text": "", "label": 0}"#, "empty"), (#"{"text": " \n", "label": 0}"#, "empty"),
    (#"{"text": "mary"}"#, "label"), (#"{"text": "mary", "label": true}"#, "label"),
    (#"{"text": "mary", "label": 0.5}"#, "label"), (#"{"text": "mary", "label": null}"#, "label"),
    (#"{"text": "mary", "label": "maybe"}"#, "unknown"),
    (#"{"text": "mary", "label": 2}"#, "unknown"), (#"{"text": "mary", "label": -1}"#, "unknown"),
  ])
  func `a bad line is refused with its number`(line: String, kind: String) throws {
    let error = #expect(throws: DocumentError.self) {
      _ = try read("{\"text\": \"john\", \"label\": 0}\n\n\(line)\n")
    }
    let found =
      switch error {
      case .brokenLine(_, 3, _): "broken"
      case .noText(_, 3): "text"
      case .badIDs(_, 3, _): "ids"
      case .emptyText(_, 3): "empty"
      case .noLabel(_, 3): "label"
      case .unknownLabel(_, 3, _, ["yes", "no"]): "unknown"
      default: "\(String(describing: error))"
      }
    #expect(found == kind)
    #expect(error?.place == "\(folder.path)/train.jsonl, line 3")
  }

  @Test func `an unknown label is named with those of the model`() throws {
    let error = #expect(throws: DocumentError.self) {
      _ = try read(#"{"text": "mary", "label": "maybe"}"#)
    }
    #expect(error?.problem.contains("\"maybe\"") == true)
    #expect(error?.problem.contains("yes (0), no (1)") == true)
  }

  @Test func `a file without documents is refused`() {
    for text in ["", "\n\n"] {
      #expect(throws: DocumentError.noDocuments(file: folder.path("train.jsonl"))) {
        _ = try read(text)
      }
    }
  }

  @Test func `a line that is not UTF-8 is read as Windows-1252 and noted`() throws {
    let bytes = Array(#"{"text": "mary "#.utf8) + [0x93] + Array(#"john", "label": 0}"#.utf8)
    let documents = try read(bytes)
    #expect(documents[0].tokenIDs.starts(with: SmallVocabulary.ids("mary")))
    #expect(
      documents.notes.map(\.description).contains {
        $0.contains("line 1") && $0.contains("Windows-1252")
      })
  }

  @Test func `more than one unknown token in a hundred is noted`() throws {
    let known = String(repeating: "mary ", count: 99)
    #expect(try read("{\"text\": \"\(known) zzz\", \"label\": 0}").notes == [])
    let notes = try read("{\"text\": \"\(known) zzz zzz\", \"label\": 0}").notes
    #expect(notes.count == 1 && notes[0].description.contains("2.0 %"))
    #expect(notes.first?.isWarning == true)
  }

  @Test func `a missing file is an input error`() throws {
    let error = #expect(throws: FileError.self) {
      _ = try LabeledDocuments(
        path: folder.path("none.jsonl"), labels: [], tokenizer: try SmallVocabulary.tokenizer())
    }
    #expect(error?.kind == .missingInput)
  }

  @Test func `the fingerprint sees ids, borders and labels`() throws {
    let lines = [
      #"{"text": "mary john", "label": 0}"#, #"{"text": "mary john", "label": 1}"#,
      "{\"text\": \"mary\", \"label\": 0}\n{\"text\": \"john\", \"label\": 0}",
      #"{"text": "john mary", "label": 0}"#,
    ]
    #expect(Set(try lines.map { try read($0).fingerprint }).count == 4)
    #expect(try read(lines[0]).fingerprint == read(lines[0]).fingerprint)
  }
}
