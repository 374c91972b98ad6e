import JSON

/// How to run an experiment again: the command, and which files it needs where.
struct RepetitionSection {
  /// The members of a recipe that name files, each within its part.
  private static let fileMembers = [
    ("model", ["checkpoint"]),
    (
      "task",
      ["background", "evaluationBackground", "stories", "validationStories", "testStories"]
    ),
  ]

  private let settings: JSONObject?

  /// - Parameter settings: the recipe as it was run; `nil` when it is not there.
  init(_ settings: JSONObject?) { self.settings = settings }

  /// The section's content.
  var markup: [Markup] {
    guard let settings else {
      return [
        ExperimentReport.missing(
          "Without experiment.json or recipe.json there is nothing to run again.")
      ]
    }
    let sources = settings["sources"]?.array?.compactMap { $0["name"]?.string } ?? []
    let neighbours = Self.files(settings).filter { name in
      !sources.contains { name == $0 || name.hasPrefix($0 + "/") }
    }
    var sentence =
      "These settings are the experiment's recipe.json; an experiment.json is one under another name. "
      + "This runs it again, from the checkpoint to this page."
    if !sources.isEmpty {
      sentence += " TEXTS is the folder with the sources: \(sources.joined(separator: ", "))."
    }
    if !neighbours.isEmpty {
      sentence +=
        " Seen from the recipe's folder there must be: \(neighbours.joined(separator: ", "))."
    }
    let data = sources.isEmpty ? "" : " --data TEXTS"
    return [
      .element("p", [:], sentence),
      .element("pre", [:], "rmt experiment recipe.json\(data) -o OUTPUT"),
    ]
  }

  /// Every file that the recipe names, each once, in the order of the recipe.
  private static func files(_ settings: JSONObject) -> [String] {
    var files: [String] = []
    let values =
      fileMembers.flatMap { part, names in names.compactMap { settings[part]?[$0] } }
      + (settings["evaluations"]?.array ?? []).compactMap { $0["stories"] }
    for value in values {
      for name in value.array?.compactMap(\.string) ?? [value.string].compactMap({ $0 })
      where !files.contains(name) {
        files.append(name)
      }
    }
    return files
  }
}
