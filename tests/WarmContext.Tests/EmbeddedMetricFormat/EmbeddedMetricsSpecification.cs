using System.Text.Json;

namespace WarmContext.Tests.EmbeddedMetricFormat;

/// <summary>
/// Checks a line against the rules of CloudWatch's embedded metric format, written from its specification:
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (read 2026-11-20).
/// </summary>
internal static class EmbeddedMetricsSpecification
{
    private static readonly HashSet<string> s_units =
    [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits",
        "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second",
        "Terabytes/Second", "Bits/Second",
        "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    ];

    public static JsonElement Check(string line)
    {
        Assert.DoesNotContain('\n', line);
        Assert.True(line.Length <= 256 * 1024);
        var root = JsonDocument.Parse(line).RootElement;
        var metadata = root.GetProperty("_aws");
        Assert.Equal(["Timestamp", "CloudWatchMetrics"], metadata.EnumerateObject().Select(static member => member.Name));
        Assert.True(metadata.GetProperty("Timestamp").GetInt64() > 1_500_000_000_000);
        foreach (var directive in metadata.GetProperty("CloudWatchMetrics").EnumerateArray())
        {
            CheckDirective(root, directive);
        }

        // No member twice: which of the two counts would be anybody's guess.
        var names = root.EnumerateObject().Select(static member => member.Name).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        return root;
    }

    private static void CheckDirective(JsonElement root, JsonElement directive)
    {
        Assert.InRange(directive.GetProperty("Namespace").GetString()!.Length, 1, 1024);
        foreach (var set in directive.GetProperty("Dimensions").EnumerateArray())
        {
            Assert.InRange(set.GetArrayLength(), 0, 30);
            foreach (var name in set.EnumerateArray())
            {
                Assert.InRange(name.GetString()!.Length, 1, 250);
                var target = root.GetProperty(name.GetString()!);
                Assert.Equal(JsonValueKind.String, target.ValueKind);
                Assert.InRange(target.GetString()!.Length, 1, 1024);
                Assert.All(name.GetString() + target.GetString(), static character => Assert.InRange(character, ' ', '~'));
            }
        }

        Assert.InRange(directive.GetProperty("Metrics").GetArrayLength(), 1, 100);
        foreach (var metric in directive.GetProperty("Metrics").EnumerateArray())
        {
            Assert.InRange(metric.GetProperty("Name").GetString()!.Length, 1, 1024);
            Assert.Contains(metric.GetProperty("Unit").GetString()!, s_units);
            var target = root.GetProperty(metric.GetProperty("Name").GetString()!);
            if (target.ValueKind == JsonValueKind.Array)
            {
                Assert.InRange(target.GetArrayLength(), 1, 100);
                Assert.All(target.EnumerateArray(), static value => Assert.Equal(JsonValueKind.Number, value.ValueKind));
            }
            else
            {
                Assert.Equal(JsonValueKind.Number, target.ValueKind);
            }
        }
    }
}
