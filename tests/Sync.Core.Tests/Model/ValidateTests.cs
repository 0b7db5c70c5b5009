namespace Sync.Core.Tests;

public sealed class ValidateTests
{
    private const string Right = """{"workspaceId":"w","title":"T","status":"Todo","tags":[]}""";

    [Test]
    public void A_record_of_the_right_shape_passes_without_what_may_be_missing() => Assert.That(Models.Tasks.Validate(Models.TaskRecord(Right)), Is.Null);

    [TestCase("title", "null", "title")]
    [TestCase("title", "", "title")]
    [TestCase("title", "5", "title")]
    [TestCase("priority", "\"5\"", "priority")]
    [TestCase("priority", "1.5", "priority")]
    [TestCase("priority", "null", "priority")]
    [TestCase("status", "\"Sleeping\"", "status")]
    [TestCase("status", "1", "status")]
    [TestCase("status", "\"1\"", "status")]
    [TestCase("status", "\"todo\"", "status")]
    [TestCase("status", "", "status")]
    [TestCase("tags", "{}", "tags")]
    [TestCase("tags", "\"a\"", "tags")]
    [TestCase("tags", "[\"a\",1]", "tags[1]")]
    [TestCase("tags", "[null]", "tags[0]")]
    [TestCase("dueDate", "\"tomorrow\"", "dueDate")]
    [TestCase("dueDate", "\"2026-02-30\"", "dueDate")]
    [TestCase("updatedAt", "\"tomorrow\"", "updatedAt")]
    [TestCase("updatedAt", "17", "updatedAt")]
    public void What_does_not_fit_is_refused_by_its_path_and_never_by_its_value(string field, string json, string path)
    {
        var error = Models.Tasks.Validate(Models.TaskRecord(With(Right, field, json)));
        Assert.That(error?.Code, Is.EqualTo(ErrorCodes.InvalidRecord));
        Assert.That(error!.Message, Does.Contain($"\"{path}\" must be").Or.Contain($"\"{path}\" is not"));
        Assert.That(error.Message, Does.Not.Contain("Sleeping").And.Not.Contain("tomorrow"));
    }

    [TestCase("name", "", "name")]
    [TestCase("born", "", "born")]
    [TestCase("home", """{"street":"s"}""", "home.city")]
    [TestCase("home", """{"city":"c","former":{"city":7}}""", "home.former.city")]
    [TestCase("places", """[{"city":"c"},{"city":null}]""", "places[1].city")]
    [TestCase("scores", """{"a":"1"}""", "scores.a")]
    [TestCase("teamId", "\"me\"", "teamId")]
    [TestCase("level", "3", "level")]
    [TestCase("marks", "4", "marks")]
    [TestCase("mood", "\"Sad\"", "mood")]
    [TestCase("mood", "1", "mood")]
    [TestCase("mood", "9", "mood")]
    [TestCase("feeling", "1", "feeling")]
    [TestCase("feeling", "\"Sad\"", "feeling")]
    public void So_it_is_in_classes_and_nested_objects(string field, string json, string path)
    {
        const string right = """{"name":"Ada","born":"1815"}""";
        Assert.That(Models.People.Validate(Models.PersonRecord(right)), Is.Null);
        var error = Models.People.Validate(Models.PersonRecord(With(right, field, json)));
        Assert.That(error?.Code, Is.EqualTo(ErrorCodes.InvalidRecord));
        Assert.That(error!.Message, Does.Contain($"\"{path}\" must be").Or.Contain($"\"{path}\" is not"));
    }

    [TestCase("level", "2")]
    [TestCase("marks", "3")]
    [TestCase("mood", "\"Done\"")]
    [TestCase("feeling", "\"Done\"")]
    [TestCase("feeling", "null")]
    [TestCase("unheardOf", "{\"a\":1}")]
    [TestCase("home", """{"city":"c","former":{"city":"d","street":null}}""")]
    [TestCase("nickname", "null")]
    public void What_fits_passes(string field, string json) =>
        Assert.That(Models.People.Validate(Models.PersonRecord(With("""{"name":"Ada","born":"1815"}""", field, json))), Is.Null);

    [Test]
    public void Fields_that_a_newer_model_wrote_are_no_fault_of_the_record() =>
        Assert.That(Models.Tasks.Validate(Models.TaskRecord(With(Right, "newer", "1"))), Is.Null);

    [Test]
    public void The_apps_own_check_gives_its_own_code() =>
        Assert.That(Models.Tasks.Validate(Models.TaskRecord(With(Right, "title", "\"\"")))?.Code, Is.EqualTo("title_length"));

    [Test]
    public void A_check_that_throws_is_not_passed()
    {
        var model = SyncModel.Create(m => m.Table("workspaces", ModelJson.Default.Workspace).Validate(w => w.MemberIds[0].Length > 0, "no_member"));
        var record = new Record(new RecordKey("workspaces", "w"), 1, Some.Json("""{"name":"n","memberIds":[]}"""));
        Assert.That(model.TableOf<Workspace>().Validate(record)?.Code, Is.EqualTo("no_member"));
    }

    private static string With(string fields, string name, string json) => CanonicalJson.Object(
        Some.Json(fields).Members.Where(m => m.Key != name).Append(new(name, json.Length == 0 ? default : Some.Json(json)))).ToString();
}
