using System.Text.Json;
using WarmContext.Testing;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>A run as one JSON document; times are numbers of milliseconds.</summary>
internal static class RunJson
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="output">Where to.</param>
    /// <param name="options">The function.</param>
    /// <param name="result">The run.</param>
    /// <param name="findings">What the audit found; null where there was none.</param>
    public static void Write(TextWriter output, LocalFunctionOptions options, RunResult result, IReadOnlyList<Finding>? findings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("handler", options.Handler);
            json.WriteString("functionName", options.FunctionName);
            json.WriteNumber("memoryMegabytes", options.MemoryMegabytes);
            WriteSummary(json, result);
            json.WriteStartArray("invocations");
            foreach (var invocation in result.Invocations)
            {
                Write(json, invocation);
            }

            json.WriteEndArray();
            if (findings is not null)
            {
                json.WriteStartArray("findings");
                foreach (var finding in findings)
                {
                    Write(json, finding);
                }

                json.WriteEndArray();
            }

            WriteTexts(json, "limitations", result.Recording.Limitations);
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        output.Flush();
    }

    private static void WriteSummary(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartObject("summary");
        json.WriteNumber("invocations", result.Invocations.Count);
        json.WriteNumber("failed", result.Failed);
        json.WriteNumber("coldStarts", result.ColdStarts);
        json.WriteNumber("environments", result.Recording.Environments);
        WriteTime(json, "p50", result.Percentile(50));
        WriteTime(json, "p99", result.Percentile(99));
        json.WriteBoolean("interrupted", result.WasInterrupted);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, InvocationResult invocation)
    {
        var outcome = invocation.Outcome;
        json.WriteStartObject();
        json.WriteNumber("number", invocation.Number);
        json.WriteString("event", invocation.Event);
        json.WriteNumber("environment", invocation.Environment);
        json.WriteString("requestId", outcome.RequestId);
        json.WriteBoolean("success", outcome.IsSuccess);
        WriteTime(json, "duration", outcome.Duration);
        json.WriteBoolean("coldStart", outcome.IsColdStart);
        WriteTime(json, "initDuration", outcome.InitDuration);
        WriteTime(json, "restoreDuration", outcome.RestoreDuration);
        if (invocation.Fault is { } fault)
        {
            json.WriteString("fault", Fault.Names.First(name => name.Value == fault).Key);
        }

        WritePayload(json, outcome);
        if (outcome.Error is { } error)
        {
            json.WriteStartObject("error");
            json.WriteString("kind", error.Kind.ToString());
            json.WriteString("type", error.Type);
            json.WriteString("message", error.Message);
            WriteTexts(json, "stackTrace", error.StackTrace);
            json.WriteEndObject();
        }

        WriteTexts(json, "log", outcome.Log);
        json.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter json, InvocationOutcome outcome)
    {
        try
        {
            using var document = JsonDocument.Parse(outcome.Payload);
            json.WritePropertyName("payload");
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            // Functions may answer anything.
            json.WriteString("payload", outcome.PayloadText);
        }
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("kind", finding.Kind.ToString());
        json.WriteString("severity", finding.Severity.ToString());
        json.WriteString("message", finding.Message);
        json.WriteString("practice", finding.Practice);
        json.WriteString("remedy", finding.Remedy);
        WriteTexts(json, "rules", finding.Rules);
        json.WriteNumber("environment", finding.Environment);
        WriteTime(json, "at", finding.At);
        WriteTexts(json, "requestIds", finding.RequestIds);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } value)
        {
            json.WriteNumber(name, value.TotalMilliseconds);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
