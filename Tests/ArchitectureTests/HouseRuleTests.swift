import Testing

@Suite struct HouseRuleTests {
  private static let sourceExtensions: Set<String> = ["swift", "c", "h", "py"]

  private func sources() throws -> [SourceTree.File] {
    try ["Sources", "Converters"].flatMap {
      try SourceTree.files(in: $0, extensions: Self.sourceExtensions)
    }
  }

  /// Ways to write to the terminal, each as it would stand in code.
  private static let printing = [
    "print(", "debugPrint(", "dump(", "printf(", "fprintf(", "vprintf(", "puts(", "fputs(",
    "putchar(", "perror(", "standardOutput", "standardError", "NSLog(", "STDOUT_FILENO",
    "STDERR_FILENO",
  ]

  /// Whether a call or name stands in the text on its own and not as the end of a longer word.
  private static func contains(_ text: Substring, _ word: String) -> Bool {
    text.ranges(of: word).contains { range in
      guard range.lowerBound > text.startIndex else { return true }
      let before = text[text.index(before: range.lowerBound)]
      return !(before.isLetter || before.isNumber || before == "_")
    }
  }

  @Test func `prints from the command alone`() throws {
    for file in try sources() where file.target != "rmt" && !file.description.hasSuffix(".py") {
      for (number, text) in file.code {
        let found = Self.printing.filter { Self.contains(text, $0) }
        #expect(found == [], "\(file):\(number)")
      }
    }
  }

  @Test func `tells printing from words that end like it`() {
    #expect(Self.contains("  print(x)", "print("))
    #expect(Self.contains("Swift.print(x)", "print("))
    #expect(!Self.contains("fingerprint(x)", "print("))
    #expect(!Self.contains("snprintf(x)", "printf("))
  }

  @Test func `keeps every source file to 350 lines`() throws {
    for file in try sources() {
      #expect(file.lines.count <= 351, "\(file): is it two things?")  // 351: the last line is empty
    }
  }

  @Test func `names files after what they are about`() throws {
    for file in try sources() {
      let name = file.description.split(separator: "/").last ?? ""
      for vague in ["Util", "Helper", "Common", "Misc"] {
        #expect(!name.contains(vague), "\(file)")
      }
    }
  }

  @Test func `leaves nothing undone and forces nothing`() throws {
    for file in try sources() {
      for (index, line) in file.lines.enumerated() {
        for word in ["TODO", "FIXME", "not implemented", "try!", "-Ounchecked", "-ffast-math"] {
          #expect(!line.contains(word), "\(file):\(index + 1)")
        }
      }
    }
  }

  /// A promise to the compiler needs a reason that a reader can check: a comment within three lines.
  @Test func `says why wherever the compiler's checks are switched off`() throws {
    for file in try sources() {
      for (number, text) in file.code {
        guard text.contains("@unchecked Sendable") || text.contains("nonisolated(unsafe)") else {
          continue
        }
        let nearby = file.lines[max(0, number - 4)..<min(file.lines.count, number + 3)]
        #expect(nearby.contains { $0.contains("// ") && !$0.contains("///") }, "\(file):\(number)")
      }
    }
  }
}
