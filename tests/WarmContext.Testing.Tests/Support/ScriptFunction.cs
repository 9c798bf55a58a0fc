namespace WarmContext.Testing;

/// <summary>A function, and extensions, that are shell scripts with curl: the foreign clients.</summary>
internal sealed class ScriptFunction : IDisposable
{
    private const string Prelude = """
        #!/bin/sh
        runtime="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
        extension="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
        # next: asks for an invocation; sets event and id
        next() {
          event=$(curl -sS -D "$TMPDIR/headers.$$" "$runtime/invocation/next") || exit 1
          id=$(tr -d '\r' < "$TMPDIR/headers.$$" | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
        }
        # call: prints status and body on one line
        call() { curl -sS -w ' %{http_code}\n' "$@" | tr -d '\n'; echo; }
        # register NAME EVENTS: sets extension_id
        register() {
          extension_id=$(curl -sS -D - -o /dev/null -H "Lambda-Extension-Name: $1" -d "{\"events\":[$2]}" "$extension/register" | tr -d '\r' | sed -n 's/^Lambda-Extension-Identifier: //p')
        }

        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("warmcontext-scripts-");

    public ScriptFunction(string script)
    {
        Write("bootstrap", script);
        Options = new LocalFunctionOptions
        {
            Handler = "script",
            AssemblyDirectory = _directory.FullName,
            InitTimeout = TimeSpan.FromSeconds(60),
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    public LocalFunctionOptions Options { get; }

    public ScriptFunction WithExtension(string name, string script)
    {
        Options.ExtensionsDirectory = _directory.CreateSubdirectory("extensions").FullName;
        Write("extensions/" + name, script);
        return this;
    }

    public Task<LocalExecutionEnvironment> StartAsync() => LocalExecutionEnvironment.StartAsync(Options);

    public void Dispose() => _directory.Delete(recursive: true);

    private void Write(string name, string script)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, Prelude + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
