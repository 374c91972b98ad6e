/// Three places in a row: what a story of two relations tells of.
///
/// There are 6·5·4 ways to choose a near, a middle and a far place and two axes, 240 in all. Their
/// **row** is the two distances from place to place in label order, modulo 6, as they are from that end
/// of the three from which they make less than 6 together: (1, 1) for near → middle → far and for far →
/// middle → near alike. Each of the ten rows has 24 placements, on either axis and from either end, in
/// which every place is four times near, in the middle and far. Whole rows belong to training,
/// validation or test, so that no part tells of another's placements, in whatever words, or of their
/// mirror images, which would teach that these three places always lie the other way round; and every
/// part has all answers equally often.
package struct RelationPlacement: Sendable, Hashable {
  /// The line on which the places lie.
  package enum Axis: Int, CaseIterable, Sendable {
    case westToEast, southToNorth

    /// The direction from near to far.
    package var direction: CompassDirection { self == .westToEast ? .east : .north }
  }

  /// The line on which the places lie.
  package let axis: Axis
  /// The place that is farthest west or south.
  package let near: String
  /// The place in the middle.
  package let middle: String
  /// The place that is farthest east or north.
  package let far: String

  /// All 240.
  package static let all: [RelationPlacement] = Axis.allCases.flatMap { axis in
    offsets.flatMap { toMiddle, toFar in
      places.indices.map { near in
        RelationPlacement(
          axis: axis, near: place(near), middle: place(near + toMiddle),
          far: place(near + toMiddle + toFar))
      }
    }
  }

  private static let places = MovementTask.places
  private static func place(_ number: Int) -> String { places[number % places.count] }

  /// Distances of the middle from the near place and of the far from the middle one.
  private static let offsets: [(toMiddle: Int, toFar: Int)] = (1..<6).flatMap { toMiddle in
    (1..<6).filter { (toMiddle + $0) % 6 != 0 }.map { (toMiddle, $0) }
  }

  /// The distances of each row.
  private static let rows = offsets.filter { $0.toMiddle + $0.toFar < 6 }

  private init(axis: Axis, near: String, middle: String, far: String) {
    self.axis = axis
    self.near = near
    self.middle = middle
    self.far = far
  }

  /// The placement of which two facts tell; `nil` for relations that share no place or do not lie
  /// in a row, and for places other than the task's.
  package init?(_ first: SpatialRelation, _ second: SpatialRelation) {
    let ends = [first.subject, first.object, second.subject, second.object]
    guard ends.allSatisfy(Self.places.contains), Set(ends).count == 3,
      first.subject != first.object, second.subject != second.object
    else { return nil }
    guard
      let axis = Axis.allCases.first(where: { axis in
        let ways = [axis.direction, axis.direction.opposite]
        return ways.contains(first.direction) && ways.contains(second.direction)
      })
    else { return nil }
    // Each relation once more as (the near one of the two, the far one).
    let pairs = [first, second].map {
      $0.direction == axis.direction ? ($0.object, $0.subject) : ($0.subject, $0.object)
    }
    guard let before = pairs.first(where: { $0.1 == pairs[0].0 || $0.1 == pairs[1].0 }),
      let after = pairs.first(where: { $0.0 == before.1 })
    else { return nil }
    self.init(axis: axis, near: before.0, middle: before.1, far: after.1)
  }

  /// The part that the placement belongs to: of ten rows eight train, one each validates and tests.
  package var split: DataSplit {
    func distance(_ first: String, _ second: String) -> Int {
      let numbers = [first, second].compactMap(Self.places.firstIndex(of:))
      return (numbers[1] - numbers[0] + 6) % 6
    }
    let ends = [(near, far), (far, near)].map { (distance($0, middle), distance(middle, $1)) }
    guard let row = Self.rows.firstIndex(where: { row in ends.contains { $0 == row } }) else {
      preconditionFailure("a placement of unknown places")
    }
    return switch row {
    case 4: .validation
    case 9: .test
    default: .training
    }
  }
}
