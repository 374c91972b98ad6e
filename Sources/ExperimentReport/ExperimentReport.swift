import Foundation
import JSON

/// A page about an experiment: settings, learning curves, accuracy, cost and attention, from the files
/// in its folder.
///
/// The page stands alone: charts are SVG inside it, there is no script and nothing is loaded. What the
/// folder does not hold is left out with a sentence. The same files give the same bytes.
package struct ExperimentReport {
  private let folder: ReportFolder

  /// The report of a folder that was read.
  package init(_ folder: ReportFolder) { self.folder = folder }

  /// The report of a folder.
  ///
  /// - Throws: ``ReportError``; `JSONError`; `FileError`.
  package init(folder path: String) throws {
    self.init(try ReportFolder(path: path))
  }

  /// The page.
  package func html() -> String {
    let groups = AccuracyByLength.gathered(folder.results ?? [])
    let accuracy = AccuracySection(groups)
    let head = Markup.element(
      "head", [:],
      [
        .element("meta", ["charset": "utf-8"]),
        .element(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .element("title", [:], title), .style(PageStyle.sheet),
      ])
    let sections =
      [
        section("Accuracy by length", accuracy.accuracy),
        section("Time and memory by length", accuracy.cost),
        section("Learning", learning),
        section("Who reads and writes memory", attention),
        section("Settings", settings),
        section("How to repeat it", RepetitionSection(folder.settings).markup),
      ]
    let opening: [Markup] = [
      .element("h1", [:], title), .element("p", ["class": "task"], taskText(groups)),
      .element("p", ["class": "result"], accuracy.sentence),
    ]
    let body = Markup.element("body", [:], opening + sections + [footer])
    let page = Markup.element("html", ["lang": "en"], [head, body])
    return "<!DOCTYPE html>\n\(page.serialized)\n"
  }

  private var title: String {
    folder.settings?["title"]?.string ?? folder.settings?["name"]?.string ?? folder.name
  }

  /// The task that was measured, else the one that the settings name.
  private func taskText(_ groups: [AccuracyByLength]) -> String {
    let setting = folder.settings?["task"]
    let names =
      groups.isEmpty
      ? [setting?.string ?? setting?["name"]?.string].compactMap { $0 } : groups.map(\.task)
    var titles: [String] = []
    for name in names {
      let title = PublishedAccuracy(task: name)?.title ?? name
      if !titles.contains(title) { titles.append(title) }
    }
    guard !titles.isEmpty else { return "A Recurrent Memory Transformer" }
    return "Task: \(titles.joined(separator: ", ")) · Recurrent Memory Transformer"
  }

  private func section(_ title: String, _ content: [Markup]) -> Markup {
    .element("section", [:], [.element("h2", [:], title)] + content)
  }

  private var settings: [Markup] {
    guard let settings = folder.settings, !settings.isEmpty else {
      return [
        Self.missing(
          "There is no experiment.json and no recipe.json, so the settings are not known here.")
      ]
    }
    return [.element("div", ["class": "scroll"], [SettingsTable.markup(settings)])]
  }

  private var learning: [Markup] {
    guard let metrics = folder.metrics, !metrics.isEmpty else {
      return [
        Self.missing("There is no metrics.jsonl, so the course of training is not known here.")
      ]
    }
    return LearningSection(
      TrainingCurve(metrics), ofSeeds: folder.seedMetrics.map { ($0, TrainingCurve($1)) },
      seeds: seeds, trainedSeeds: folder.trainedSeeds, failures: folder.failures
    ).markup
  }

  /// The seeds of the experiment's models, as far as it says.
  private var seeds: [Int] {
    folder.settings?["seeds"]?.array?.compactMap(\.integer) ?? []
  }

  private var attention: [Markup] {
    guard let picture = folder.attention else {
      return [Self.missing("There is no attention.svg; `rmt attention` draws one.")]
    }
    // As an image: what a picture might hold besides shapes does not run, and its names and styles
    // stay its own.
    let data = Data(picture).base64EncodedString()
    return [
      Self.figure(
        .element(
          "img",
          [
            "class": "map", "src": "data:image/svg+xml;base64,\(data)",
            "alt": "Attention weights by segment and layer",
          ]),
        caption:
          "Rows look at columns; the darker, the more. What memory's rows see in the text is "
          + "written; what the text's rows see in memory is read.")
    ]
  }

  private var footer: Markup {
    .element("footer", [:], "Written by `rmt report`.")
  }

  /// A sentence in place of what is not there.
  static func missing(_ sentence: String) -> Markup {
    .element("p", ["class": "missing"], sentence)
  }

  /// A chart or picture with a sentence below it.
  static func figure(_ content: Markup, caption: String) -> Markup {
    .element("figure", [:], [content, .element("figcaption", [:], caption)])
  }
}
