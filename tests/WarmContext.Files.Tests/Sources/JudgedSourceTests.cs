using WarmContext.Files.Sources;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Sources;

/// <summary>Every kind of question with every kind of answer; what must come of it is said here a second time, in other words.</summary>
public sealed class JudgedSourceTests
{
    private const long Total = 10;

    private static readonly FileSourceRequest[] s_questions =
    [
        new(CacheFixture.Id),
        new(CacheFixture.Id) { IfNoneMatch = "\"a\"" },
        new(CacheFixture.Id) { IfMatch = "\"a\"", Offset = 4, Length = 3, KnownLength = Total, KnownEncoding = "gzip" },
        new(CacheFixture.Id) { IfMatch = "\"a\"", Offset = 4, Length = 6, KnownLength = Total },
        new(CacheFixture.Id) { IfMatch = "\"a\"", Offset = 0, Length = 10, KnownLength = Total },
    ];

    [Fact]
    public void Every_answer_that_does_not_fit_its_question_is_an_error_and_every_other_is_none()
    {
        var accepted = 0;
        var judged = 0;
        foreach (var question in s_questions)
        {
            foreach (var answer in Answers())
            {
                judged++;
                var error = JudgedSource.Judge(question, answer);
                var fits = Fits(question, answer);
                accepted += fits ? 1 : 0;
                Assert.True(fits == (error is null), $"{error}: {Describe(question, answer)}");
                if (error is FileCacheError.Changed)
                {
                    Assert.True(question.IfMatch is not null, Describe(question, answer));
                }
            }
        }

        Assert.True(judged > 10_000, $"{judged}");
        Assert.InRange(accepted, 10, judged / 10);
    }

    [Fact]
    public async Task An_unasked_not_modified_is_no_empty_file()
    {
        using var fixture = new CacheFixture();
        fixture.Source.Put(CacheFixture.Id, [1, 2, 3]);
        fixture.Source.Answer = static (_, _) => new FileSourceResponse { NotModified = true };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await fixture.Cache.GetAsync(CacheFixture.Id));
        Assert.Equal(FileCacheError.Protocol, exception.Error);
        Assert.Contains("memory://", exception.Message, StringComparison.Ordinal);
        fixture.Source.Answer = null;
        using var file = await fixture.Cache.GetAsync(CacheFixture.Id);
        Assert.Equal(3, file.Length);
    }

    private static IEnumerable<FileSourceResponse> Answers() =>
        from notModified in new[] { false, true }
        from tag in new[] { null, "\"a\"", "\"b\"" }
        from encoding in new[] { null, "gzip" }
        from total in new[] { -1, 0, Total, Total + 1, 7L }
        from offset in new[] { 0L, 3, 4 }
        from length in new[] { -1, 0L, 3, 6, Total, Total + 1 }
        from checksum in new[] { -1, 3, 4 }
        from body in new[] { Stream.Null, null }
        select new FileSourceResponse
        {
            NotModified = notModified,
            EntityTag = tag,
            ContentEncoding = encoding,
            TotalLength = total,
            Offset = offset,
            Length = length,
            Checksums = checksum < 0 ? [] : [new FileChecksum(FileChecksumAlgorithm.Crc32, new byte[checksum])],
            Body = body!,
        };

    private static bool Fits(FileSourceRequest question, FileSourceResponse answer)
    {
        var isWellFormed = answer.Body is not null && answer.Checksums.All(static checksum => checksum.Value.Length == 4);
        if (answer.NotModified)
        {
            return isWellFormed && question.IfNoneMatch is not null && answer.EntityTag is null or "\"a\""
                && question.IfNoneMatch is not null && isWellFormed;
        }

        if (!isWellFormed || answer.TotalLength < 0)
        {
            return false;
        }

        return question.Length is null
            ? answer.Offset == 0 && answer.Length == answer.TotalLength
            : answer.TotalLength == Total && answer.EntityTag == "\"a\"" && answer.ContentEncoding == question.KnownEncoding
                && answer.Offset == question.Offset && answer.Length == question.Length;
    }

    private static string Describe(FileSourceRequest question, FileSourceResponse answer) =>
        $"{question.IfMatch} {question.IfNoneMatch} {question.Offset}+{question.Length} got {answer.NotModified} {answer.EntityTag} " +
        $"{answer.ContentEncoding} {answer.Offset}+{answer.Length} of {answer.TotalLength}, {answer.Checksums.Count} checksums, " +
        $"{answer.Body}";
}
