// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension JobTable {
    /// The longest key of a handler, in bytes.
    private static let longestKey = 128

    /// Puts questions before the client; the continuation is resumed with the answers or with why there are none.
    mutating func ask(
        _ id: String,
        _ questions: [InputQuestion],
        token: UInt64,
        continuation: Job.AskContinuation,
        isGivenUp: Bool,
        now: Int64,
        _ effects: inout JobEffects
    ) {
        do throws(ToolError) {
            guard !isGivenUp, var job = jobs[id], job.isLive, now < job.expiresAt else { throw Self.over }
            guard !questions.isEmpty else {
                return effects.then { continuation.resume(returning: .success([:])) }
            }
            try check(questions, of: job)
            let waiting = JobTime.milliseconds(limits.questionTime)
            job.roundsBegun += 1
            job.rounds[token] = Job.Round(continuation: continuation)
            for question in questions {
                job.lastQuestion += 1
                job.questions.append(
                    Job.OpenQuestion(
                        key: "\(question.key)-\(job.lastQuestion)",
                        handlerKey: question.key,
                        request: question.request,
                        round: token,
                        deadline: now + waiting
                    )
                )
                // The time that a person takes is not the time of the work.
                job.lifetime += waiting
            }
            job.touch(now)
            tellOfQuestions(&job, now, &effects)
            put(job)
        } catch {
            effects.then { continuation.resume(returning: .failure(error)) }
        }
    }

    private func check(_ questions: [InputQuestion], of job: Job) throws(ToolError) {
        guard job.roundsBegun < limits.rounds else {
            throw ToolError(
                .limitExceeded,
                "The task asked \(limits.rounds) times already; it may not ask again."
            )
        }
        guard job.questions.count + questions.count <= limits.openQuestions else {
            throw ToolError(
                .limitExceeded,
                "The task asks too much at once; at most \(limits.openQuestions) questions may be open."
            )
        }
        var keys: Set<String> = []
        for question in questions {
            guard question.key.utf8.count <= Self.longestKey, keys.insert(question.key).inserted else {
                throw ToolError(
                    .internalFailure,
                    "The tool asks in a way that can't be served.",
                    cause: "a key is used twice or is longer than \(Self.longestKey) bytes"
                )
            }
            guard question.request.isSupported(by: job.capabilities, in: job.revision) else {
                throw ToolError(
                    .denied,
                    "The client must be asked before the tool can go on, and it can't be asked in this way.",
                    cause: "\(question.request.method) was not declared"
                )
            }
        }
    }

    /// Wakes calls that wait for questions they do not know.
    private func tellOfQuestions(_ job: inout Job, _ now: Int64, _ effects: inout JobEffects) {
        effects.noteChange(of: job.id)
        let snapshot = job.snapshot(now)
        for (token, waiter) in job.waiters where waiter.isNews(job.questions) {
            job.waiters[token] = nil
            effects.then { waiter.continuation.resume(returning: .success(snapshot)) }
        }
    }

    /// Takes answers that were checked; those whose questions are not open any more are dropped.
    mutating func answer(
        _ id: String,
        _ answers: [String: JobAnswer],
        now: Int64,
        _ effects: inout JobEffects
    ) {
        guard var job = jobs[id], job.isLive else { return }
        var isChanged = false
        for (key, answer) in answers {
            guard let position = job.questions.firstIndex(where: { $0.key == key }) else { continue }
            let question = job.questions.remove(at: position)
            job.rounds[question.round]?.answers[question.handlerKey] = answer
            isChanged = true
            guard !job.questions.contains(where: { $0.round == question.round }),
                let round = job.rounds.removeValue(forKey: question.round)
            else { continue }
            effects.then { round.continuation.resume(returning: .success(round.answers)) }
        }
        guard isChanged else { return }
        job.touch(now)
        effects.noteChange(of: id)
        put(job)
    }

    /// Withdraws the questions that were asked together.
    mutating func withdraw(
        _ id: String,
        round: UInt64,
        _ error: ToolError,
        now: Int64,
        _ effects: inout JobEffects
    ) {
        guard var job = jobs[id], let asked = job.rounds.removeValue(forKey: round) else { return }
        job.questions.removeAll { $0.round == round }
        job.touch(now)
        effects.noteChange(of: id)
        effects.then { asked.continuation.resume(returning: .failure(error)) }
        put(job)
    }

    /// Withdraws all questions of a job that is over.
    static func withdraw(_ job: inout Job, _ error: ToolError, _ effects: inout JobEffects) {
        let rounds = job.rounds.values
        job.rounds = [:]
        job.questions = []
        effects.then { for round in rounds { round.continuation.resume(returning: .failure(error)) } }
    }

    /// Gives up questions that waited too long, and those that were asked with them.
    mutating func giveUpQuestions(of job: Job, _ now: Int64, _ effects: inout JobEffects) {
        for round in Set(job.questions.filter { now >= $0.deadline }.map(\.round)) {
            let error = ToolError(
                .limitExceeded,
                "The client did not answer within \(limits.questionTime.components.seconds) s."
            )
            withdraw(job.id, round: round, error, now: now, &effects)
        }
    }
}
