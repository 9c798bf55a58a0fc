namespace WarmContext.Analyzers.Tests;

/// <summary>Findings that no single edit mends: offering one would break the code or change what it does.</summary>
public class NoFixTests
{
    [Theory]
    [InlineData("private readonly AmazonS3Config _config = new();\n---\nvar s3 = new AmazonS3Client(_config);")]
    [InlineData(
        "private Amazon.RegionEndpoint[] Regions { get; } = [Amazon.RegionEndpoint.EUWest1];\n---\n"
            + "var s3 = new AmazonS3Client(Regions[0]);")]
    [InlineData(
        "private readonly Uri[] _uris = [new(\"https://example.com\")];\n---\nvar http = new HttpClient { BaseAddress = _uris.First() };")]
    [InlineData(
        "public class Function\n{\n    public void Handler<T>(Order input, ILambdaContext context) where T : AmazonS3Config, new() { var "
            + "s3 = new AmazonS3Client(new T()); }\n}")]
    [InlineData("using HttpClient one = new(), two = new();")]
    [InlineData("var pending = StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(\"cache\");\nvar redis = await pending;")]
    [InlineData("HttpClient http;\nhttp = new HttpClient();\nhttp.Timeout = TimeSpan.FromSeconds(1);")]
    [InlineData("var http = new HttpClient();\nusing (http) { await http.GetAsync(\"https://example.com\"); }")]
    [InlineData("var http = new HttpClient();\nusing var other = http;")]
    [InlineData("var http = new HttpClient();\ninput.Lines.ForEach(line => http.Dispose());")]
    [InlineData("HttpClient? http;\nhttp = new HttpClient();\nhttp?.Dispose();")]
    public Task A_client_that_a_static_field_can_not_hold(string code) => VerifyAsync(RuleIds.CostlyClientPerInvocation, code);

    [Theory]
    [InlineData(
        "private static readonly HttpClient s_http = new();\n---\nusing var stopping = new CancellationToken().Register(() => "
            + "s_http.Dispose());")]
    [InlineData("private static readonly HttpClient s_http = new();\n---\ninput.Lines.ForEach(line => s_http.Dispose());")]
    [InlineData("private static readonly HttpClient s_http = new();\n---\ninput.Lines.ForEach(line => s_http?.Dispose());")]
    public Task A_disposal_within_another_statement(string code) => VerifyAsync(RuleIds.SharedClientDisposed, code);

    [Theory]
    [InlineData("File.WriteAllText(Path.Combine(Path.GetTempPath(), \"/var/data.txt\"), input.Id);")]
    [InlineData("private const string Folder = \"/var/data\";\n---\nFile.WriteAllText(Folder + \"/x\", input.Id);")]
    public Task A_path_whose_beginning_is_decided_elsewhere(string code) => VerifyAsync(RuleIds.FileOutsideTemporaryDirectory, code);

    [Fact]
    public Task A_connection_that_is_opened_among_other_things() => VerifyAsync(
        RuleIds.ConnectionInField,
        "private static readonly NpgsqlConnection s_db = new(\"Host=db\");\n---\nif (input.Amount > 0)\n{\n    await s_db.OpenAsync();\n"
            + "    await using var command = s_db.CreateCommand();\n}");

    private static async Task VerifyAsync(string id, string code)
    {
        var document = FixRun.Open(Sources.Wrap(code), References.WithWarmContext);
        var found = await FixRun.FindAsync(document, id);
        Assert.NotEmpty(found);
        foreach (var diagnostic in found)
        {
            Assert.Empty(await FixRun.ActionsAsync(document, diagnostic, FixRun.For(id)));
        }
    }
}
