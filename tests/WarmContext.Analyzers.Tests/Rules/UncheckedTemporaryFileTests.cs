namespace WarmContext.Analyzers.Tests;

public class UncheckedTemporaryFileTests() : RuleTests(RuleIds.UncheckedTemporaryFile)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        var path = "/tmp/model.bin";
        if (!File.Exists(path))
        {
            [|File.WriteAllBytes(path, Array.Empty<byte>())|];
        }
        """,
        """
        private const string Model = "/tmp/model.bin";
        ---
        if (!File.Exists(Model))
        {
            await [|File.WriteAllBytesAsync(Model, Array.Empty<byte>())|];
        }
        """,
        """
        if (!File.Exists("/tmp/a.txt"))
        {
            [|File.WriteAllText("/tmp/a.txt", "x")|];
        }
        """,
        """
        var path = Path.Combine(Path.GetTempPath(), "model.bin");
        if (!File.Exists(path))
        {
            using var file = [|File.Create(path)|];
            file.WriteByte(1);
        }
        """,
        """
        private static readonly string s_path = Path.Combine("/tmp", "model.bin");
        ---
        if (!File.Exists(s_path))
        {
            using var file = [|new FileStream(s_path, FileMode.Create)|];
        }
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        var path = $"/tmp/{input.Id}";
        if (!File.Exists(path))
        {
            using var response = await s_s3.GetObjectAsync("bucket", input.Id);
            await [|response.WriteResponseStreamToFileAsync(path, false, CancellationToken.None)|];
        }
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        var path = "/tmp/model.bin";
        if (!File.Exists(path))
        {
            using var transfer = new TransferUtility(s_s3);
            await [|transfer.DownloadAsync(path, "bucket", "key")|];
        }
        """,
        """
        var path = "/tmp/model.bin";
        if (File.Exists(path) == false)
        {
            using var writer = [|new StreamWriter(path)|];
        }
        """,
        """
        var path = "/tmp/model.bin";
        if (File.Exists(path))
        {
            return File.ReadAllText(path);
        }
        [|File.WriteAllText(path, "content")|];
        """,
        """
        var path = "/tmp/model.bin";
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        if (text.Length == 0)
        {
            [|File.WriteAllText(path, "content")|];
        }
        """,
        """
        if (!new FileInfo("/tmp/a").Exists)
        {
            [|File.WriteAllText("/tmp/a", "x")|];
        }
        """,
        """
        private static string Load(string name)
        {
            var path = Path.Combine("/tmp", name);
            if (!File.Exists(path)) [|File.Copy("data/" + name, path)|];
            return path;
        }
        public string Handler(Order input, ILambdaContext context) => Load("a");
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        var path = "/tmp/model.bin";
        if (!File.Exists(path))
        {
            var partial = path + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(partial, Array.Empty<byte>());
            File.Move(partial, path, overwrite: true);
        }
        """,
        """
        // Written for this invocation, read by nobody else.
        File.WriteAllText("/tmp/" + input.Id, "x");
        """,
        """
        var path = "/tmp/model.bin";
        if (!File.Exists(path) || new FileInfo(path).Length != 100)
        {
            File.WriteAllBytes(path, new byte[100]);
        }
        """,
        """
        var path = "/tmp/model.bin";
        if (!File.Exists(path) || System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)).Length == 0)
        {
            File.WriteAllBytes(path, new byte[100]);
        }
        """,
        """
        // A marker written last stands for the file.
        var path = "/tmp/model.bin";
        if (!File.Exists(path + ".done"))
        {
            File.WriteAllBytes(path, new byte[100]);
            File.WriteAllText(path + ".done", "");
        }
        """,
        """
        var path = "/tmp/model.bin";
        var marker = path + ".done";
        if (!File.Exists(path) || !File.Exists(marker))
        {
            File.WriteAllBytes(path, new byte[100]);
        }
        """,
        """
        if (File.Exists("/tmp/a"))
        {
            File.Delete("/tmp/a");
        }
        """,
        """
        if (!File.Exists("/tmp/a"))
        {
            File.WriteAllText("/tmp/b", "x");
        }
        """,
        """
        // What ships with the function is whole.
        if (File.Exists("data.json"))
        {
            return File.ReadAllText("data.json");
        }
        """,
        """
        var path = input.Id;
        if (!File.Exists(path))
        {
            File.WriteAllText(path, "x");
        }
        """,
        """
        if (!Directory.Exists("/tmp/cache"))
        {
            Directory.CreateDirectory("/tmp/cache");
        }
        """,
        """
        public static class Tool
        {
            public static void Run()
            {
                if (!File.Exists("/tmp/a")) File.WriteAllText("/tmp/a", "x");
            }
        }
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}
