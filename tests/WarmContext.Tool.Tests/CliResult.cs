using System.Text.Json;

namespace WarmContext.Tool;

/// <summary>What the AWS CLI wrote, and the payload that it received.</summary>
internal sealed record CliResult(int Code, string Output, string Error, string Payload)
{
    public JsonElement Expect(int code)
    {
        Assert.True(Code == code, $"exit code {Code} in place of {code}\n--- output\n{Output}\n--- error\n{Error}");
        return JsonDocument.Parse(Output).RootElement;
    }
}
