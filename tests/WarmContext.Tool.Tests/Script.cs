namespace WarmContext.Tool;

/// <summary>A function, and extensions, that are shell scripts with curl.</summary>
internal sealed class Script : IDisposable
{
    /// <summary>Answers what it is asked.</summary>
    public const string Echo = """
        while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; done
        """;

    private const string Prelude = """
        #!/bin/sh
        runtime="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
        extension="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
        # Asks for an event: sets event and id.
        next() {
          event=$(curl -sS -D "$TMPDIR/headers" "$runtime/invocation/next") || exit 1
          id=$(tr -d '\r' < "$TMPDIR/headers" | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
        }
        # register NAME EVENTS: sets extension_id.
        register() {
          extension_id=$(curl -sS -D - -o /dev/null -H "Lambda-Extension-Name: $1" -d "{\"events\":[$2]}" "$extension/register" | tr -d '\r' | sed -n 's/^Lambda-Extension-Identifier: //p')
        }

        """;

    public Script(string script)
    {
        Files.WriteScript("orders", Prelude + script + "\n");
        Arguments = ["--executable", Files["orders"], "--init-timeout", "60s"];
    }

    public TemporaryDirectory Files { get; } = new();

    /// <summary>The arguments that name it.</summary>
    public string[] Arguments { get; private set; }

    public Script WithExtension(string name, string script)
    {
        Directory.CreateDirectory(Files["extensions"]);
        Files.WriteScript("extensions/" + name, Prelude + script + "\n");
        Arguments = [.. Arguments, "--extensions", Files["extensions"]];
        return this;
    }

    public void Dispose() => Files.Dispose();
}
