using System.Text.Json;

namespace WarmContext.Tool;

/// <summary>What the tool wrote, and its exit code.</summary>
internal sealed record ToolResult(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Fails with everything that was written when the exit code is another.</summary>
    public ToolResult Expect(int code)
    {
        Assert.True(Code == code, $"exit code {Code} in place of {code}\n--- output\n{Output}\n--- error\n{Error}");
        return this;
    }
}
