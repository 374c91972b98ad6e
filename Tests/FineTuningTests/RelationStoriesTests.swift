import Testing

@testable import FineTuning

@Suite struct RelationStoriesTests {
  private static let splits: [DataSplit] = [.training, .validation, .test]

  /// Places on a grid, found from the facts' words alone.
  private static func answer(_ story: Story) -> String? {
    let steps = ["north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)]
    func words(_ text: String) -> [String] {
      text.split { !$0.isLetter }.map(String.init)
    }
    // "The A is D of the B": A = B + D. Whatever is not reached from the first object stays out.
    var grid: [String: (Int, Int)] = [words(story.facts[0])[6]: (0, 0)]
    for _ in 0..<2 {
      for fact in story.facts.map(words) {
        guard let step = steps[fact[3]] else { return nil }
        if let object = grid[fact[6]] {
          grid[fact[1]] = (object.0 + step.0, object.1 + step.1)
        } else if let subject = grid[fact[1]] {
          grid[fact[6]] = (subject.0 - step.0, subject.1 - step.1)
        }
      }
    }
    let question = words(story.question)
    // "What is D of the P": ? = P + D. "What is the P D of": P = ? + D.
    let (place, step) =
      question[2] == "the"
      ? (question[3], steps[question[4]].map { (-$0.0, -$0.1) })
      : (question[5], steps[question[2]])
    guard let from = grid[place], let step else { return nil }
    let wanted = (from.0 + step.0, from.1 + step.1)
    let found = grid.filter { $0.value == wanted }.map(\.key)
    return found.count == 1 ? found[0] : nil
  }

  @Test func `a map of the facts gives every story's answer and no other`() {
    for split in Self.splits {
      let stories = RelationStories.stories(of: split)
      #expect(stories.allSatisfy { Self.answer($0) == $0.answer })
    }
  }

  @Test func `there are 7680 distinct stories of 240 placements, eight in ten for training`() {
    let parts = Self.splits.map { Set(RelationStories.stories(of: $0)) }
    #expect(parts.map(\.count) == [6144, 768, 768])
    #expect(parts[0].union(parts[1]).union(parts[2]).count == 7680)
    #expect(Set(RelationPlacement.all).count == 240)
    #expect(Set(parts.joined().map(\.digest)).count == 7680)
  }

  @Test func `the parts and the digests are those that models' files speak of`() {
    // Whoever changes these must give the rule that TrainedStories records another number.
    #expect(RelationStories.stories(of: .training).fingerprint == "4e2e0798d77d2c14")
    #expect(RelationStories.stories(of: .test)[0].digest == 0x61AA_3396)
  }

  @Test func `no part tells of another's three places in a row, in whatever words`() throws {
    var rows: [[Set<String>]: Set<DataSplit>] = [:]
    for split in Self.splits {
      for story in RelationStories.stories(of: split) {
        let facts = story.facts.compactMap(SpatialRelation.init(fact:))
        let placement = try #require(RelationPlacement(facts[0], facts[1]))
        #expect(placement.split == split)
        rows[[[placement.middle], [placement.near, placement.far]], default: []].insert(split)
      }
    }
    // Six places in the middle of ten pairs each, along both lines and in both orders.
    #expect(rows.count == 60 && rows.values.allSatisfy { $0.count == 1 })
    #expect(Self.splits.map { split in rows.values.count { $0 == [split] } } == [48, 6, 6])
  }

  @Test func `in every part all answers and middle places are equally frequent`() throws {
    for split in Self.splits {
      let stories = RelationStories.stories(of: split)
      let counts = Dictionary(grouping: stories, by: \.answer).mapValues(\.count)
      #expect(counts.count == 6 && Set(counts.values).count == 1)
      // One answer in three is the place in the middle, as in bAbI's file.
      let middle = try stories.filter { story in
        let facts = story.facts.compactMap(SpatialRelation.init(fact:))
        return try #require(RelationPlacement(facts[0], facts[1])).middle == story.answer
      }
      #expect(middle.count * 3 == stories.count)
    }
  }

  @Test func `a question asks about the object of either fact, in two forms, evenly`() {
    let stories = RelationStories.stories(of: .training)
    var counts: [String: Int] = [:]
    for story in stories {
      let forms = story.facts.enumerated().flatMap { number, fact -> [(String, String)] in
        guard let relation = SpatialRelation(fact: fact) else { return [] }
        return [
          ("\(number) from", relation.questionFromObject),
          ("\(number) of", relation.questionOfObject),
        ]
      }
      let matching = forms.filter { $0.1 == story.question }
      #expect(matching.count == 1)
      counts[matching.first?.0 ?? "none", default: 0] += 1
    }
    #expect(counts.count == 4 && counts.values.allSatisfy { $0 * 4 == stories.count })
  }

  @Test(arguments: [
    ("The hallway is east of the garden.", SpatialRelation("hallway", .east, of: "garden")),
    ("The hallway is near of the garden.", nil), ("The hallway is east of the .", nil),
    ("Mary went east of the garden.", nil), ("The hallway is east of the garden", nil),
  ])
  func `a sentence is a relation or nothing`(fact: String, relation: SpatialRelation?) {
    #expect(SpatialRelation(fact: fact) == relation)
    if let relation { #expect(relation.fact == fact) }
  }

  @Test func `facts that do not lie in a row have no placement`() throws {
    let first = SpatialRelation("hallway", .east, of: "garden")
    for second in [
      SpatialRelation("office", .north, of: "garden"),
      SpatialRelation("office", .east, of: "garden"),
      SpatialRelation("office", .east, of: "kitchen"),
      SpatialRelation("attic", .east, of: "hallway"),
      SpatialRelation("garden", .west, of: "hallway"),
    ] {
      #expect(RelationPlacement(first, second) == nil)
    }
    let row = try #require(
      RelationPlacement(first, SpatialRelation("hallway", .west, of: "office")))
    #expect([row.near, row.middle, row.far] == ["garden", "hallway", "office"])
    #expect(row.axis == .westToEast)
  }
}
