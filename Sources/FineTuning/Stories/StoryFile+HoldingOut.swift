extension StoryFile {
  /// The stories in two parts that share no narrative: of `interval` distinct narratives one is
  /// held out, at least one in all.
  ///
  /// Which ones is up to their words alone: those with the smallest checksums are held out, with
  /// all their copies.
  ///
  /// - Throws: ``StoryError/tooFewStories(file:)`` when there is only one.
  func holdingOut(
    oneIn interval: Int
  ) throws(StoryError) -> (training: [Story], heldOut: [Story]) {
    let checksums = narratives.map { narrative in
      var fingerprint = Fingerprint()
      for story in stories[narrative] { fingerprint.combine([story.digest]) }
      return fingerprint.value
    }
    let distinct = Set(checksums).sorted()
    guard distinct.count > 1 else { throw .tooFewStories(file: path) }
    let heldOut = Set(distinct.prefix(max(1, distinct.count / interval)))
    var parts: (training: [Story], heldOut: [Story]) = ([], [])
    for (narrative, checksum) in zip(narratives, checksums) {
      if heldOut.contains(checksum) {
        parts.heldOut += stories[narrative]
      } else {
        parts.training += stories[narrative]
      }
    }
    return parts
  }
}
