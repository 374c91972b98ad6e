extension Experiment {
  /// Does a part of the work; what does not fit becomes an error about the recipe's key.
  ///
  /// - Parameter stories: the key that names the stories which the work reads, where it is another
  ///   than the task's.
  /// - Throws: ``RecipeError/unfit(file:key:problem:kind:)``; errors that no key is to blame for.
  func blamingKeys<Result>(
    stories: String? = nil, _ work: () throws -> Result
  ) throws -> Result {
    var pathKeys: [String: String] = [:]
    for name in recipe.task.evaluationBackground {
      pathKeys[path(name)] = "task.evaluationBackground"
    }
    if let name = recipe.task.validationStories { pathKeys[path(name)] = "task.validationStories" }
    return try RecipeError.blamingKeys(of: file, stories: stories, pathKeys: pathKeys, work)
  }
}
