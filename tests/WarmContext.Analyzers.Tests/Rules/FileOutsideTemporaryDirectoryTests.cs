namespace WarmContext.Analyzers.Tests;

public class FileOutsideTemporaryDirectoryTests() : RuleTests(RuleIds.FileOutsideTemporaryDirectory)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        File.WriteAllText([|"data.txt"|], input.Id);
        """,
        """
        await File.WriteAllTextAsync([|"/var/task/data.txt"|], input.Id);
        """,
        """
        File.AppendAllText([|"logs/audit.log"|], input.Id);
        """,
        """
        using var stream = File.Create([|"./out.bin"|]);
        """,
        """
        using var stream = new FileStream([|"out.bin"|], FileMode.Create);
        """,
        """
        using var writer = new StreamWriter([|"out.txt"|]);
        """,
        """
        Directory.CreateDirectory([|"cache"|]);
        """,
        """
        File.WriteAllText([|Path.Combine(AppContext.BaseDirectory, "data.txt")|], input.Id);
        """,
        """
        File.WriteAllText([|Path.Combine(Directory.GetCurrentDirectory(), "data.txt")|], input.Id);
        """,
        """
        var path = "/opt/data.txt";
        File.WriteAllText([|path|], input.Id);
        """,
        """
        private const string Target = "/home/user/data.txt";
        ---
        File.WriteAllBytes([|Target|], Array.Empty<byte>());
        """,
        """
        File.WriteAllText([|$"orders/{input.Id}.json"|], "{}");
        """,
        """
        private static readonly string s_path = Path.Combine("data", "x.txt");
        ---
        File.WriteAllText([|s_path|], input.Id);
        """,
        """
        File.Copy("/tmp/a", [|"b"|]);
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        using var transfer = new TransferUtility(s_s3);
        await transfer.DownloadAsync([|"model.bin"|], "bucket", "key");
        """,
        """
        System.IO.Compression.ZipFile.ExtractToDirectory("/tmp/a.zip", [|"extracted"|]);
        """,
        """
        File.WriteAllText([|Path.Combine(Path.GetTempPath(), "/var/data.txt")|], input.Id);
        """,
        """
        using var file = File.Open([|"data.bin"|], FileMode.OpenOrCreate);
        """,
        """
        using var file = new FileStream([|"data.bin"|], FileMode.Open, FileAccess.ReadWrite);
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        File.WriteAllText("/tmp/data.txt", input.Id);
        """,
        """
        File.WriteAllText(Path.Combine(Path.GetTempPath(), "data.txt"), input.Id);
        """,
        """
        File.WriteAllText(Path.Combine(WarmContext.ExecutionEnvironment.Current.TemporaryDirectory, "data.txt"), input.Id);
        """,
        """
        File.WriteAllText(Path.GetTempFileName(), input.Id);
        """,
        """
        // What ships with the function may be read.
        var text = File.ReadAllText("data.txt");
        using var stream = File.OpenRead("data.txt");
        """,
        """
        using var stream = new FileStream("data.bin", FileMode.Open, FileAccess.Read);
        """,
        """
        // A mounted file system.
        File.WriteAllText("/mnt/efs/data.txt", input.Id);
        """,
        """
        File.WriteAllText(input.Id, "unknown");
        """,
        """
        File.WriteAllText($"/tmp/{input.Id}.json", "{}");
        """,
        """
        var path = "/tmp/" + input.Id;
        await File.WriteAllBytesAsync(path, Array.Empty<byte>());
        """,
        """
        private static readonly string s_root = Environment.GetEnvironmentVariable("DATA_DIR") ?? "/tmp";
        ---
        File.WriteAllText(Path.Combine(s_root, "a"), "b");
        """,
        """
        using var writer = new StreamWriter(new MemoryStream());
        """,
        """
        // Nobody's handler.
        public static class Tool
        {
            public static void Run() => File.WriteAllText("out.txt", "x");
        }
        """,
        """
        private sealed class File2 { public static void WriteAllText(string path, string text) { } }
        ---
        File2.WriteAllText("data.txt", "x");
        """,
        """
        File.Copy("template.html", "/tmp/template.html");
        """,
        """
        using var file = File.Open("data.bin", FileMode.OpenOrCreate, FileAccess.Read);
        """,
        """
        using var file = new FileStream("data.bin", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        """,
        """
        File.WriteAllText(Path.Combine("data", "/tmp/data.txt"), input.Id);
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}
