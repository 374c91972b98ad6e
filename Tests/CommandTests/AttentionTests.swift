import TestSupport
import Testing

@testable import rmt

@Suite("rmt attention")
struct AttentionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.write("mary went to the garden. the document is long. where mary?", to: "doc.txt")
  }

  private func panelCount(_ svg: String) -> Int { svg.ranges(of: "written ").count }

  @Test func `draws a panel for each segment and layer`() throws {
    try folder.succeed("attention", "memory.rmtw", "doc.txt", "-o", "maps.svg")
    let svg = try folder.text("maps.svg")
    let segments = try folder.succeed("run", "memory.rmtw", "doc.txt", "--json").json["segments"]
    let count = try #require(segments?.integer)
    #expect((2...4).contains(count))
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(panelCount(svg) == 3 * count)
    #expect(svg.contains(">segment 0<") && svg.contains(">segment \(count - 1)<"))
    #expect(svg.contains(">memory 3<") && svg.contains(">layer 2<") && svg.contains(">garden<"))
    try folder.succeed("attention", "memory.rmtw", "doc.txt", "-o", "again.svg", "--threads", "1")
    #expect(try folder.text("again.svg") == svg)
  }

  @Test func `shows the segments, layers and heads that are asked for`() throws {
    try folder.succeed(
      "attention", "memory.rmtw", "doc.txt", "-o", "maps.svg", "--segments", "last", "--layers",
      "1", "--heads")
    let svg = try folder.text("maps.svg")
    #expect(panelCount(svg) == 4)
    #expect(svg.contains(">layer 1<") && svg.contains(">head 3<") && !svg.contains(">segment 0<"))
  }

  @Test func `a long document makes no larger a picture`() throws {
    var sizes: [Int] = []
    for count in [40, 400] {
      let text = [String](repeating: "the document is long.", count: count)
      try folder.write(text.joined(separator: " "), to: "long.txt")
      try folder.succeed("attention", "memory.rmtw", "long.txt", "-o", "long.svg", "--force")
      let svg = try folder.text("long.svg")
      #expect(panelCount(svg) == 3 * 4)
      sizes.append(svg.utf8.count)
    }
    #expect(abs(sizes[1] - sizes[0]) < sizes[0] / 4)
  }

  @Test func `the segments of a long document are the first, two in the middle and the last`()
    throws
  {
    #expect(try SegmentNumber.resolve(nil, segmentCount: 4) == [0, 1, 2, 3])
    #expect(try SegmentNumber.resolve(nil, segmentCount: 4096) == [0, 1365, 2730, 4095])
    #expect(try SegmentNumber.resolve([.last, .number(1), .number(1)], segmentCount: 9) == [1, 8])
  }

  @Test func `what cannot be drawn is told, and leaves nothing`() throws {
    let names = try folder.names
    try folder.fail(
      64, saying: ["segment 9", "last"], "attention", "memory.rmtw", "doc.txt", "-o", "x.svg",
      "--segments", "9")
    try folder.fail(
      64, saying: ["layer 3", "0 to 2"], "attention", "memory.rmtw", "doc.txt", "-o", "x.svg",
      "--layers", "3")
    try folder.fail(
      65, saying: ["rmt attach"], "attention", "bert.rmtw", "doc.txt", "-o", "x.svg")
    try folder.fail(
      66, saying: ["nowhere"], "attention", "memory.rmtw", "nowhere", "-o", "x.svg")
    try folder.fail(
      64, saying: ["--segments"], "attention", "memory.rmtw", "doc.txt", "-o", "x.svg",
      "--segments", "-1")
    let repeated = (0..<100).map { "\($0 % 3)" }.joined(separator: ",")
    try folder.fail(
      64, saying: ["panels"], "attention", "memory.rmtw", "doc.txt", "-o", "x.svg", "--layers",
      repeated, "--heads")
    #expect(try folder.names == names)
    try folder.write("", to: "empty.txt")
    try folder.fail(
      65, saying: ["empty.txt", "holds no token"], "attention", "memory.rmtw", "empty.txt", "-o",
      "x.svg")
    try folder.write("kept", to: "taken.svg")
    try folder.fail(
      64, saying: ["taken.svg", "--force"], "attention", "memory.rmtw", "doc.txt", "-o",
      "taken.svg")
    #expect(try folder.text("taken.svg") == "kept")
  }
}
