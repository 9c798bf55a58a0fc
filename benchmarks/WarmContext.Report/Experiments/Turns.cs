using System.Diagnostics;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>
/// Measures several ways turn by turn, in a new order each round: other work on the machine, and its own moods, then weigh on all alike.
/// </summary>
internal static class Turns
{
    /// <param name="contenders">The ways.</param>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="warmUps">How many rounds run before them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="progress">Told the share of rounds done.</param>
    /// <param name="beforeRound">Runs before each round, unmeasured.</param>
    public static async Task<IReadOnlyList<Measured>> TakeAsync(
        IReadOnlyList<Contender> contenders,
        int rounds,
        int warmUps,
        CancellationToken cancellationToken,
        Action<double>? progress = null,
        Func<CancellationToken, Task>? beforeRound = null)
    {
        var tallies = contenders.Select(static contender => new Tally(contender)).ToArray();
        var random = new Random(1);
        for (var round = -warmUps; round < rounds; round++)
        {
            var order = Enumerable.Range(0, tallies.Length).ToArray();
            random.Shuffle(order);
            if (beforeRound is not null)
            {
                await beforeRound(cancellationToken);
            }

            foreach (var turn in order)
            {
                await tallies[turn].RunAsync(round >= 0, cancellationToken);
            }

            progress?.Invoke((double)(round + warmUps + 1) / (rounds + warmUps));
        }

        return [.. tallies.Select(static tally => tally.Result())];
    }

    private sealed class Tally(Contender contender)
    {
        private readonly List<double> _samples = [];
        private readonly List<double> _failedAfter = [];
        private string? _error;

        public async Task RunAsync(bool counts, CancellationToken cancellationToken)
        {
            if (contender.Before is { } before)
            {
                await before(cancellationToken);
            }

            var start = Stopwatch.GetTimestamp();
            try
            {
                await contender.RunAsync(cancellationToken);
                if (counts)
                {
                    _samples.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / contender.PerTurn);
                }
            }
            catch (Exception exception) when (contender.MayFail && !cancellationToken.IsCancellationRequested)
            {
                if (counts)
                {
                    _failedAfter.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
                    _error ??= $"{exception.GetType().Name}: {exception.Message}";
                }
            }
            finally
            {
                if (contender.After is { } after)
                {
                    await after(cancellationToken);
                }
            }
        }

        public Measured Result() => new(contender.Id, contender.Label, contender.Role)
        {
            Samples = _samples, Failed = _failedAfter.Count, FailedAfter = _failedAfter, Error = _error,
        };
    }
}
