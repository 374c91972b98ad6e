import FineTuning

/// What a recipe's model learns, and from which files; names of files are those of sources, or lie
/// beside the recipe.
public struct RecipeTask: Sendable, Hashable {
  /// The task.
  public var name: TaskName
  /// Where the facts lie in training; `nil` for the task's own way.
  public var factPositions: FactPositions?
  /// Text to train on; empty for generated text.
  public var background: [String]
  /// Text to be measured on; empty for a held-out part.
  public var evaluationBackground: [String]
  /// Stories to train on; `nil` for generated ones.
  public var stories: String?
  /// Stories that choose the best weights; `nil` for a held-out part.
  public var validationStories: String?
  /// Stories to measure the trained model on, whatever it was trained on; `nil` for generated ones.
  public var testStories: String?
}

extension RecipeTask {
  init(_ fields: RecipeFields) throws(RecipeError) {
    try fields.require(only: [
      "name", "factPositions", "background", "evaluationBackground", "stories", "validationStories",
      "testStories",
    ])
    name = try fields.required(fields.choice("name", of: TaskName.self), "name")
    factPositions = try fields.choice("factPositions", of: FactPositions.self)
    background = try fields.strings("background") ?? []
    evaluationBackground = try fields.strings("evaluationBackground") ?? []
    stories = try fields.string("stories")
    validationStories = try fields.string("validationStories")
    testStories = try fields.string("testStories")
    if background.isEmpty, !evaluationBackground.isEmpty {
      throw fields.contradiction(
        "evaluationBackground", "it needs background to train on beside it")
    }
    for (key, value) in [
      ("stories", stories), ("validationStories", validationStories), ("testStories", testStories),
    ] where value != nil {
      guard name.takesStories else {
        throw fields.contradiction(key, "the task \(name.rawValue) has no stories")
      }
      guard stories != nil || key == "testStories" else {
        throw fields.contradiction(key, "stories to train on are missing")
      }
    }
    if name == .babi, stories == nil { throw fields.contradiction("stories", "babi needs them") }
  }

  /// The kind of stories that the task takes.
  var storyForm: StoryCollection.Form { name == .reason ? .twoArgumentRelations : .any }

  /// The task's documents for training, with paths as `resolve` gives them.
  func trainingRequest(resolve: (String) throws -> String) rethrows -> TaskRequest {
    var request = TaskRequest(name)
    request.factPositions = factPositions
    request.background = try background.map(resolve)
    request.evaluationBackground = try evaluationBackground.map(resolve)
    request.stories = try stories.map(resolve)
    request.evaluationStories = try validationStories.map(resolve)
    return request
  }

  /// The task's documents for a measurement.
  ///
  /// - Parameter stories: stories to measure on; `nil` for generated ones.
  func testRequest(
    _ positions: FactPositions, stories: String?, resolve: (String) throws -> String
  ) rethrows -> TaskRequest {
    var request = TaskRequest(name)
    request.factPositions = positions
    request.background = try background.map(resolve)
    request.evaluationBackground = try evaluationBackground.map(resolve)
    request.stories = try stories.map(resolve)
    return request
  }
}
