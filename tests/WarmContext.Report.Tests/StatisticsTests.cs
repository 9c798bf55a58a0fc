using WarmContext.Report.Model;
using WarmContext.Report.Statistics;

namespace WarmContext.Report;

public class StatisticsTests
{
    [Fact]
    public void Median_and_quartiles_are_those_of_the_textbook()
    {
        var spread = Samples.Spread([7, 1, 3, 5, 9])!;
        Assert.Equal((5, 3, 7, 5), (spread.Median, spread.Low, spread.High, spread.Count));
        Assert.Equal(2.5, Samples.Median([4, 1, 2, 3]));
        Assert.Null(Samples.Spread([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Samples.Median([]));
    }

    [Theory]
    [InlineData(123456.7, 123500)]
    [InlineData(0.000123456, 0.0001235)]
    [InlineData(-98766, -98770)]
    [InlineData(0, 0)]
    [InlineData(1234, 1234)]
    public void Figures_are_kept_to_four_digits(double value, double kept) => Assert.Equal(kept, Samples.Digits(value), 12);

    [Fact]
    public void Thinning_keeps_the_order_and_both_ends_of_the_run()
    {
        var thin = Samples.Thin([.. Enumerable.Range(0, 10_000).Select(static i => (double)i)]);
        Assert.Equal(Samples.MaxKept, thin.Count);
        Assert.Equal(thin.Order(), thin);
        Assert.InRange(thin[^1], 9_900, 10_000);
    }

    [Fact]
    public void The_interval_of_a_ratio_holds_the_true_one_about_nineteen_times_in_twenty()
    {
        var random = new Random(3);
        var held = Enumerable.Range(0, 100).Count(_ => Bootstrap.Ratio(Draw(random, 200), Draw(random, 100), paired: false)!.Holds(2));
        Assert.InRange(held, 88, 100);
    }

    [Fact]
    public void Pairing_takes_out_what_both_have_in_common()
    {
        // A machine whose pace drifts by half, and a way that is always a tenth slower.
        var random = new Random(4);
        var baseline = Enumerable.Range(0, 60).Select(i => 100.0 + (50 * Math.Sin(i / 10.0)) + random.NextDouble()).ToArray();
        var slower = baseline.Select(static b => b * 1.1).ToArray();
        var (paired, apart) = (Bootstrap.Ratio(slower, baseline, paired: true)!, Bootstrap.Ratio(slower, baseline, paired: false)!);
        Assert.True(paired.Low > 1.05, $"{paired}");
        Assert.True(apart.Holds(1), $"{apart}");
    }

    [Fact]
    public void A_ratio_to_what_is_too_short_to_be_measured_is_none() => Assert.Null(Bootstrap.Ratio([1, 2, 3], [0, 0, 0], paired: false));

    [Fact]
    public void The_same_samples_give_the_same_interval()
    {
        var random = new Random(5);
        var (a, b) = (Draw(random, 10), Draw(random, 20));
        Assert.Equal(Bootstrap.Difference(a, b, paired: false), Bootstrap.Difference(a, b, paired: false));
    }

    // Expected values by hand: of the 252 ways to choose 5 of 10 ranks, two are as far apart.
    [Fact]
    public void Mann_Whitney_is_exact_for_few_samples_and_says_nothing_of_equal_or_missing_ones()
    {
        Assert.Equal(1, MannWhitney.Probability([1, 1, 1], [1, 1, 1]));
        Assert.Equal(2 / 252.0, MannWhitney.Probability([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 10);
        Assert.Equal(1, MannWhitney.Probability([], [1]));
        Assert.True(MannWhitney.Probability(From(0), From(40)) < 1e-9);

        static double[] From(int first) => [.. Enumerable.Range(first, 30).Select(static i => (double)i)];
    }

    [Fact]
    public void Holm_corrects_for_the_number_of_rows_and_keeps_their_order() =>
        Assert.Equal([0.03, 1, 0.08], Holm.Correct([0.01, 1, 0.04]).Select(static p => Math.Round(p, 10)));

    [Fact]
    public void Rows_are_compared_with_the_baseline_of_their_own_group_and_round_trip()
    {
        var rows = Rows.Of(
        [
            new Measured("a", "a", RowRole.Baseline) { RoundTripMilliseconds = 0, Samples = [10, 10, 10] },
            new Measured("b", "b", RowRole.WarmContext) { RoundTripMilliseconds = 0, Samples = [5, 5, 5] },
            new Measured("a", "a", RowRole.Baseline) { RoundTripMilliseconds = 5, Samples = [100, 100, 100] },
            new Measured("b", "b", RowRole.WarmContext) { RoundTripMilliseconds = 5, Samples = [5, 5, 5] },
            new Measured("c", "c", RowRole.Alternative) { RoundTripMilliseconds = 5, Failed = 3, FailedAfter = [1, 2, 3], Error = "no" },
        ], paired: true);
        Assert.Equal((0.5, 0.05), (rows[1].Ratio!.Value, rows[3].Ratio!.Value));
        Assert.Equal((5, 95), (rows[1].Saved!.Value, rows[3].Saved!.Value));
        Assert.Null(rows[0].Ratio);
        Assert.Equal((null, 3, 3, 2d), (rows[4].Spread, rows[4].Failed, rows[4].Attempts, rows[4].FailedAfter));
    }

    private static double[] Draw(Random random, double median) =>
        [.. Enumerable.Range(0, 25).Select(_ => median * (0.9 + (0.2 * random.NextDouble())))];
}
