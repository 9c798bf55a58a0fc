using WarmContext.Diagnostics;

namespace WarmContext.Tests.Diagnostics;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("orders/2026.json", "orders/2026.json")]
    [InlineData("a\nWarmContext Error 1: forged", "a\\nWarmContext Error 1: forged")]
    [InlineData("\r\n\t", "\\r\\n\\t")]
    [InlineData("\u001b[31mred", "\\u001B[31mred")]
    [InlineData("\u0000\u007f\u0085\u2028\u2029\u202e", "\\u0000\\u007F\\u0085\\u2028\\u2029\\u202E")]
    [InlineData("Grüße 😀 \\n", "Grüße 😀 \\n")]
    public void What_could_forge_a_line_is_written_as_its_code(string text, string expected)
    {
        Assert.Equal(expected, LogText.Escape(text));
        Assert.Equal(expected, new WarmContextLogEntry(WarmContextLogLevel.Warning, 1, "Event", text, null, null).Message);
    }

    [Fact]
    public void A_harmless_text_is_not_copied()
    {
        const string text = "Background task 'audit' failed.";
        Assert.Same(text, LogText.Escape(text));
    }

    [Fact]
    public void Names_and_exceptions_begin_no_line_of_their_own_on_standard_error()
    {
        var output = new StringWriter();
        var before = Console.Error;
        Console.SetError(output);
        try
        {
            WarmContextDiagnostics.WriteToStandardError(new WarmContextLogEntry(
                WarmContextLogLevel.Error, 1, "Event", "task 'a\nb'", "id\nforged", new IOException("key 'c\nd\u001b[2J'")));
        }
        finally
        {
            Console.SetError(before);
        }

        var line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("task 'a\\nb' RequestId: id\\nforged", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', line);
    }
}
