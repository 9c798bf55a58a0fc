using WarmContext.Testing.Functions;

namespace WarmContext.Testing.Recordings;

/// <summary>Puts the lines of a log, which carry no time, between the moments that it is known when they were written.</summary>
internal static class RecordedLog
{
    public static List<RecordedLogLine> Read(FunctionLog log, LogMark[] marks, TimeSpan now)
    {
        var lines = new List<RecordedLogLine>();
        for (var i = 0; i < marks.Length; i++)
        {
            var end = i + 1 < marks.Length ? marks[i + 1] : new LogMark(log.Position, now, null);
            foreach (var line in log.Lines(marks[i].Position, end.Position))
            {
                lines.Add(new RecordedLogLine { NotBefore = marks[i].At, NotAfter = end.At, RequestId = marks[i].RequestId, Text = line });
            }
        }

        return lines;
    }
}
