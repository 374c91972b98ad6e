extension SubwordTokenizer {
  /// Whether a text's ids are those of its parts, one after another, when parts end where
  /// ``endsPart(after:before:)`` says.
  ///
  /// It is not where something may reach across a space: a literal token with white space in it or
  /// around it, a replacement that makes or takes spaces, leading space that is stripped although it
  /// would be a word, a mark that the text's first word alone is given.
  package var encodesPartwise: Bool {
    func hasSpace(_ text: String) -> Bool {
      text.unicodeScalars.contains { $0.properties.isWhitespace }
    }
    let literalsStay = settings.literals.allSatisfy {
      !hasSpace($0.content) && !$0.takesRightSpace
        && !hasSpace(settings.normalization.normalize($0.content))
    }
    let (dropsSpace, marksFirst) =
      switch settings.preTokenization {
      case .byteLevel: (false, false)
      case .metaspace(_, let prefix, let splitsWhitespace):
        (splitsWhitespace, prefix == .first && splitsWhitespace)
      }
    let stepsStay = settings.normalization.steps.allSatisfy { step in
      switch step {
      case .replace(let pattern, let content):
        !hasSpace(pattern) && !hasSpace(content) && !content.isEmpty
      case .strip(let left, _): !left || dropsSpace
      case .collapseSpaces, .unicode, .lowercase, .stripAccents, .characterMap: true
      }
    }
    return literalsStay && stepsStay && !marksFirst
  }

  /// Whether a part may end between two characters of a text.
  ///
  /// It may before a space behind a character that normalisation leaves something visible of. GPT-2's
  /// pattern looks ahead but never back, and no word of it goes on into a space; SentencePiece begins a
  /// word at every space. Of several spaces the first is meant: all of them belong to what follows.
  package func endsPart(after last: Unicode.Scalar, before next: Unicode.Scalar) -> Bool {
    guard next == " " else { return false }
    let characters = PipelineCharacters.standard
    let lastClass = characters.class(of: last.value)
    guard lastClass.isDisjoint(with: [.whitespace, .leading]) else { return false }
    let left = settings.normalization.normalize(String(last)).unicodeScalars
    return !left.isEmpty
      && left.allSatisfy { !characters.class(of: $0.value).contains(.whitespace) }
  }
}
