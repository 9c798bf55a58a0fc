using WarmContext.Testing.Isolation.Preload;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing;

/// <summary>
/// A function that is one statically linked program, as compilers other than .NET's make them: nothing can be loaded into it.
/// </summary>
public sealed class NativeFunctionTests : IDisposable
{
    private const string Source = """
        #include <arpa/inet.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        /* Answers every event with itself, over one connection. */
        static char in[65536], out[65536];
        static size_t receive(int s) {
            size_t n = 0; char *end; long length = 0;
            for (;;) {
                ssize_t got = read(s, in + n, sizeof in - 1 - n);
                if (got <= 0) exit(1);
                n += got; in[n] = 0;
                if ((end = strstr(in, "\r\n\r\n"))) {
                    char *at = strcasestr(in, "\r\nContent-Length:");
                    length = at && at < end ? atol(at + 17) : 0;
                    if (n >= (size_t)(end + 4 - in) + length) return end + 4 - in;
                }
            }
        }
        int main(void) {
            char host[64]; int port; char id[128];
            if (sscanf(getenv("AWS_LAMBDA_RUNTIME_API"), "%63[^:]:%d", host, &port) != 2) return 2;
            struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
            inet_pton(AF_INET, host, &to.sin_addr);
            int s = socket(AF_INET, SOCK_STREAM, 0);
            if (connect(s, (struct sockaddr *)&to, sizeof to)) return 3;
            for (;;) {
                dprintf(s, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n");
                char *body = in + receive(s);
                sscanf(strcasestr(in, "Lambda-Runtime-Aws-Request-Id:") + 30, "%127s", id);
                int n = snprintf(out, sizeof out, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", id, strlen(body), body);
                if (write(s, out, n) != n) return 4;
                receive(s);
            }
        }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("warmcontext-native-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_runs_and_freezes_and_its_clock_is_moved_or_said_to_stay(bool isStatic)
    {
        var source = Path.Combine(_directory.FullName, "function.c");
        await File.WriteAllTextAsync(source, "#define _GNU_SOURCE\n" + Source);
        string[] how = ["-o", Path.Combine(_directory.FullName, "bootstrap"), source];
        if (Tool.TryRun("cc", isStatic ? ["-static", .. how] : how) is not null)
        {
            // Without a compiler no clock is moved at all, and TimeTravelTests say what is said then. Some have no static library.
            Assert.True(isStatic || PreloadLibrary.Path is null);
            return;
        }

        await using var lambda = await LocalExecutionEnvironment.StartAsync(new LocalFunctionOptions
        {
            Handler = "native",
            AssemblyDirectory = _directory.FullName,
            TimeTravel = true,
            InitTimeout = TimeSpan.FromSeconds(60),
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"[{i}]", (await lambda.InvokeAsync($"[{i}]")).EnsureSuccess().PayloadText);
            await lambda.WaitUntilFrozenAsync();
        }

        if (isStatic)
        {
            var exception = await Assert.ThrowsAsync<PlatformNotSupportedException>(() => lambda.FreezeFor(TimeSpan.FromMinutes(20)));
            Assert.Contains("linked statically", exception.Message, StringComparison.Ordinal);
        }
        else
        {
            await lambda.FreezeFor(TimeSpan.FromMinutes(20));
        }

        Assert.Equal("[3]", (await lambda.InvokeAsync("[3]")).EnsureSuccess().PayloadText);
        Assert.Equal(1, lambda.ProcessCount);
    }
}
