import FineTuning
import Testing

@Suite struct LearningRateScheduleTests {
  @Test func `linear falls to zero after the warm-up`() {
    let schedule = LearningRateSchedule(shape: .linear, learningRate: 8, warmUpStepCount: 2)
    // The values of transformers' get_linear_schedule_with_warmup for two of ten steps.
    let rates = (0...10).map { schedule.rate(step: $0, stepCount: 10) }
    #expect(rates == [0, 4, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  }

  @Test func `constant stays after the warm-up`() {
    let schedule = LearningRateSchedule(shape: .constant, learningRate: 9, warmUpStepCount: 3)
    #expect((0..<6).map { schedule.rate(step: $0, stepCount: 6) } == [0, 3, 6, 9, 9, 9])
  }

  @Test func `without warm-up the first step has the full rate`() {
    for shape in LearningRateSchedule.Shape.allCases {
      let schedule = LearningRateSchedule(shape: shape, learningRate: 0.5, warmUpStepCount: 0)
      #expect(schedule.rate(step: 0, stepCount: 4) == 0.5)
    }
  }

  @Test func `a warm-up longer than the stage never reaches the rate`() {
    let schedule = LearningRateSchedule(shape: .linear, learningRate: 1, warmUpStepCount: 8)
    #expect(schedule.rate(step: 3, stepCount: 4) == 0.375)
  }
}
