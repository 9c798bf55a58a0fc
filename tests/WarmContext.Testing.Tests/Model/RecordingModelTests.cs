using System.Reflection;

namespace WarmContext.Testing;

/// <summary>The classes that a recording consists of.</summary>
public class RecordingModelTests
{
    private const string Written = """
        {
          "formatVersion": 1, "functionName": "orders", "handler": "A::B::C", "initializationType": "OnDemand", "memoryMegabytes": 512,
          "timeout": 30000, "environments": 1, "started": "2026-11-20T10:00:00+00:00", "duration": 1234.5,
          "phases": [ { "kind": "Init", "environment": 0, "process": 1, "start": 0, "end": 100.25 } ],
          "invocations": [ {
            "requestId": "r", "environment": 0, "process": 1, "isColdStart": true, "start": 101, "responded": 102, "end": 103,
            "eventBytes": 2, "responseBytes": 3, "isAudited": true, "cpuTime": 0.5,
            "traffic": [ {
              "remoteAddress": "10.0.0.5:5432", "connectionsOpened": 1, "bytesReceived": 10, "bytesSent": 20, "deadConnectionsUsed": 0 } ],
            "memoryBytes": 1, "temporaryBytes": 2, "temporaryFiles": 3 } ],
          "log": [
            { "notBefore": 1, "notAfter": 2, "text": "before any", "environment": 0 },
            { "notBefore": 3, "notAfter": 4, "requestId": "r", "text": "in it", "environment": 0 } ],
          "findings": [ {
            "kind": "InitShare", "severity": "Information", "message": "m", "practice": "p", "remedy": "d", "rules": [ "WARM0010" ],
            "requestIds": [ "r" ], "at": 101, "environment": 0 } ],
          "package": [ { "path": "A.dll", "bytes": 1000, "isAssembly": true, "isReadyToRun": false, "isDebugBuild": true } ],
          "limitations": [ "none" ]
        }
        """;

    public static TheoryData<Type> Copied =>
        [
            typeof(Recording),
            typeof(RecordedPhase),
            typeof(RecordedInvocation),
            typeof(RecordedWork),
            typeof(RecordedLogLine),
            typeof(Finding),
        ];

    [Fact]
    public void A_recording_that_version_0_1_wrote_is_read()
    {
        var recording = Recording.FromJson(Written);

        Assert.Equal(TimeSpan.FromMilliseconds(1234.5), recording.Duration);
        Assert.Equal(
            (RecordedPhaseKind.Init, TimeSpan.FromMilliseconds(100.25)), (recording.Phases[0].Kind, recording.Phases[0].End!.Value));
        var traffic = recording.Invocations[0].Traffic[0];
        Assert.Equal(
            ("10.0.0.5:5432", 1, 10L, 20L, 0),
            (traffic.RemoteAddress, traffic.ConnectionsOpened, traffic.BytesReceived, traffic.BytesSent, traffic.DeadConnectionsUsed));
        Assert.Equal([(null, "before any"), ("r", "in it")], recording.Log.Select(static line => (line.RequestId, line.Text)));
        Assert.Equal(TimeSpan.FromMilliseconds(4), recording.Log[1].NotAfter);
        Assert.Equal((FindingKind.InitShare, "WARM0010"), (recording.Findings[0].Kind, recording.Findings[0].Rules[0]));
        Assert.Equal(
            ("A.dll", 1000L, true, true),
            (recording.Package[0].Path, recording.Package[0].Bytes, recording.Package[0].IsAssembly, recording.Package[0].IsDebugBuild));
        Assert.Equal(
            string.Concat(Written.Where(static c => !char.IsWhiteSpace(c))),
            string.Concat(recording.ToJson().Where(static c => !char.IsWhiteSpace(c))));
    }

    [Theory]
    [MemberData(nameof(Copied))]
    public void A_copy_has_all_properties(Type type)
    {
        var original = Activator.CreateInstance(type)!;
        var properties = type.GetProperties().Where(static property => property.CanWrite).ToList();
        properties.ForEach(property => property.SetValue(original, Something(property.PropertyType)));

        var copy = type.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [type])!.Invoke([original]);

        Assert.NotEmpty(properties);
        Assert.All(properties, property => Assert.Equal(property.GetValue(original), property.GetValue(copy)));
    }

    /// <summary>A value that isn't the type's default.</summary>
    private static object Something(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) ? "something"
            : type == typeof(bool) ? true
            : type == typeof(int) ? 7
            : type == typeof(long) ? 7L
            : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(7)
            : type == typeof(DateTimeOffset) ? DateTimeOffset.UnixEpoch
            : type.IsEnum ? Enum.GetValues(type).GetValue(1)!
            : type.IsGenericType ? Array.CreateInstance(type.GenericTypeArguments[0], 1)
            : Activator.CreateInstance(type)!;
    }
}
